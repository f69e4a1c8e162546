// SPDX-License-Identifier: Apache-2.0
// What real Brevitas computed on part of a network (tests/goldens/README.md says how).
#pragma once

#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/file.h"
#include "core/safetensors.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "model/load.h"

namespace shiftwise::quant {

inline std::filesystem::path source_folder() { return SHIFTWISE_SOURCE_DIR; }

class BrevitasGolden {
 public:
  explicit BrevitasGolden(const std::string& name)
      : stem_(source_folder() / "tests/goldens/brevitas" / name),
        file_(stem_.string() + ".safetensors"),
        tensors_(core::parse_safetensors(file_.bytes(), stem_.string())),
        json(nlohmann::json::parse(core::MappedFile(stem_.string() + ".json").text())) {}

  template <typename T>
  core::Tensor<T> tensor(const std::string& name) const {
    const core::StoredTensor* stored = tensors_.find(name);
    if (stored == nullptr) throw std::runtime_error(name + " is not in the golden");
    core::Tensor<T> result(stored->shape);
    std::memcpy(result.values.data(), stored->bytes.data(), stored->bytes.size());
    return result;
  }
  bool has(const std::string& name) const { return tensors_.find(name) != nullptr; }

  graph::Graph network() const {
    model::Overrides overrides;
    overrides.input_size = {{size(), size()}};
    return model::build(
               model::read_checkpoint(source_folder() / json["checkpoint"].get<std::string>()),
               overrides)
        .network;
  }

  /// A layer's name without the prefix that the published split puts before it.
  std::string their_name(const std::string& name) const {
    const std::string prefix = json["prefix"];
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
  }

  /// The name that our reports use for a tensor of the golden.
  std::string our_name(const std::string& name) const {
    if (name == "flatten") return "avgpool";
    if (name != "input") return json["prefix"].get<std::string>() + name;
    const graph::Graph whole = network();
    const graph::Range range = graph::find_stages(whole, json["offload"].get<std::string>());
    return whole.nodes[static_cast<std::size_t>(range.first) - 1].name;
  }

  /// What the golden calls the codes of one of our layers: the ReLU's name where one follows.
  std::string name_of_codes(const std::string& layer) const {
    const std::string name = their_name(layer);
    if (name == "avgpool") return "flatten";
    for (const auto& node : json["nodes"]) {
      if (node["kind"] == "relu" && node["inputs"][0] == name) return node["name"];
    }
    return name;
  }

  /// The part's float input for two test images; goldens of one network share it.
  core::Tensor<float> float_input() const {
    const std::string holder = json["input"]["stored_in"];
    if (has("input")) return tensor<float>("input");
    return BrevitasGolden(holder).tensor<float>("input");
  }

  int size() const { return json["calibration"]["size"]; }

 private:
  std::filesystem::path stem_;
  core::MappedFile file_;
  core::Safetensors tensors_;

 public:
  nlohmann::json json;
};

/// The embedded calibration images, their centre cut out where a golden asks for less.
class CroppedImages : public data::Dataset {
 public:
  explicit CroppedImages(int size)
      : whole_(data::open_dataset(source_folder() / "assets/cifar10", data::Split::kTrain)),
        size_(size) {}

  std::string describe() const override { return whole_->describe(); }
  std::int64_t size() const override { return whole_->size(); }
  core::ImageShape shape() const override { return {3, size_, size_}; }
  int label(std::int64_t i) const override { return whole_->label(i); }
  const std::vector<std::string>& class_names() const override { return whole_->class_names(); }
  std::vector<std::filesystem::path> files() const override { return whole_->files(); }
  void read(std::int64_t i, std::span<std::uint8_t> pixels) const override {
    const core::ImageShape full = whole_->shape();
    std::vector<std::uint8_t> image(static_cast<std::size_t>(full.elements()));
    whole_->read(i, image);
    const int edge = (full.height - size_) / 2;
    std::size_t to = 0;
    for (int c = 0; c < full.channels; ++c) {
      for (int y = 0; y < size_; ++y) {
        for (int x = 0; x < size_; ++x) {
          pixels[to++] =
              image[static_cast<std::size_t>((c * full.height + y + edge) * full.width + x + edge)];
        }
      }
    }
  }

 private:
  std::unique_ptr<data::Dataset> whole_;
  int size_;
};

}  // namespace shiftwise::quant
