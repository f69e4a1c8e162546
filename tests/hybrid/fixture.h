// SPDX-License-Identifier: Apache-2.0
// A small quantized model made of noise, and images of noise.
#pragma once

#include <random>

#include "graph/fold.h"
#include "graph/networks.h"
#include "hybrid/model.h"
#include "quant/quantize.h"

namespace shiftwise::hybrid {

inline constexpr int kClasses = 10;

class NoiseImages : public data::Dataset {
 public:
  explicit NoiseImages(std::int64_t size, core::ImageShape shape = {3, 17, 14})
      : size_(size), shape_(shape) {}
  std::string describe() const override { return "images of noise"; }
  std::int64_t size() const override { return size_; }
  core::ImageShape shape() const override { return shape_; }
  /// Every tenth image has no label.
  int label(std::int64_t i) const override { return i % kClasses == 9 ? -1 : int(i % kClasses); }
  const std::vector<std::string>& class_names() const override { return names_; }
  void read(std::int64_t i, std::span<std::uint8_t> pixels) const override {
    std::mt19937 random(static_cast<unsigned>(i));
    for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(random() >> 24);
  }
  std::vector<std::filesystem::path> files() const override { return {}; }

 private:
  std::int64_t size_;
  core::ImageShape shape_;
  std::vector<std::string> names_;
};

inline Model small_model(const std::string& offload = "conv2_x",
                         quant::Preset preset = quant::Preset::kAccurate) {
  Model model;
  model.network = graph::small_resnet();
  model.normalization = {{0.5F, 0.4F, 0.3F}, {0.25F, 0.5F, 0.1F}};
  const NoiseImages images(16);
  quant::Result result = quant::quantize(
      model.network, images, model.normalization,
      {.preset = preset, .offload = offload, .calibration_images = 16, .report_images = 1},
      core::silent_progress());
  model.range = result.range;
  model.integers = std::move(result.network);
  for (int i = 0; i < kClasses; ++i) model.class_names.push_back("class \"" + std::to_string(i));
  model.origin = {.version = "1.2.3",
                  .preset = "accurate",
                  .offload = offload,
                  .checkpoint = {"net.pt", "00ff"},
                  .calibration_images = 16,
                  .calibration_files = {{"a.bin", "01"}, {"b.bin", "02"}}};
  return model;
}

}  // namespace shiftwise::hybrid
