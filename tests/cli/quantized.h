// SPDX-License-Identifier: Apache-2.0
// A folder that the program wrote, made once and copied.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "cli/program.h"
#include "core/safetensors.h"
#include "data/scratch_folder.h"
#include "graph/refusal.h"

namespace shiftwise::cli {

/// The options of a quick quantization of the small network.
inline Arguments quick_quantize(const std::string& output, const Arguments& more = {}) {
  Arguments arguments{"quantize",    small_network(),        "-o", output, "--data",
                      sample_data(), "--calibration-images", "16"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// A scratch folder with a quantized model in `model()`.
class Quantized : public testing::Test {
 protected:
  void SetUp() override {
    const Outcome outcome = shiftwise(quick_quantize(model()));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }

  std::string path(const std::string& name) const { return (scratch_.path() / name).string(); }
  std::string model() const { return path("model"); }

  static std::string bytes_of(const std::filesystem::path& file) {
    return std::string(core::MappedFile(file).text());
  }

  /// A copy of the model in which one byte of a tensor is another.
  std::string with_changed_byte(const std::string& tensor, std::size_t at) const {
    const std::string changed = path("changed");
    std::filesystem::copy(model(), changed);
    std::string bytes = bytes_of(changed + "/model.safetensors");
    const auto content = core::parse_safetensors(std::as_bytes(std::span(bytes)), changed);
    bytes[content.find(tensor)->offset + at] ^= 1;
    core::write_file(changed + "/model.safetensors", bytes);
    return changed;
  }

  data::ScratchFolder scratch_;
};

#define EXPECT_SAYS(text, part) EXPECT_TRUE(graph::says(text, part))

}  // namespace shiftwise::cli
