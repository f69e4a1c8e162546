// SPDX-License-Identifier: Apache-2.0
// What the default preset promises over the published flow, on trained networks.
#include <gtest/gtest.h>

#include "brevitas_golden.h"
#include "quant/quantize.h"

namespace shiftwise::quant {
namespace {

double output_sqnr_db(const graph::Graph& network, const std::string& offload, Preset preset) {
  return quantize(network, CroppedImages(32), {},
                  {.preset = preset, .offload = offload, .report_images = 4},
                  core::silent_progress())
      .output_sqnr_db;
}

TEST(Presets, AccurateIsAtLeastOneDecibelBetterThanSeedOnEveryTrainedNetwork) {
  for (const char* name :
       {"resnet50-conv2_x", "resnet18-conv2_x", "resnet18-conv2_x-conv3_x", "resnet18-all",
        "resnet20-conv2_x", "resnet20-conv2_x-conv3_x", "resnet20-all", "split-biased-conv2_x"}) {
    const BrevitasGolden golden(name);
    const graph::Graph network = golden.network();
    const std::string offload = golden.json["offload"];
    EXPECT_GE(output_sqnr_db(network, offload, Preset::kAccurate),
              output_sqnr_db(network, offload, Preset::kSeed) + 1)
        << name;
  }
}

}  // namespace
}  // namespace shiftwise::quant
