// SPDX-License-Identifier: Apache-2.0
// What the default preset promises over the published flow.
#include <gtest/gtest.h>

#include "brevitas_golden.h"
#include "quant/quantize.h"

namespace shiftwise::quant {
namespace {

double output_sqnr_db(const graph::Graph& network, const std::string& offload, Preset preset) {
  return quantize(network, CroppedImages(network.input_shape().height), {},
                  {.preset = preset, .offload = offload}, core::silent_progress())
      .output_sqnr_db;
}

void expect_at_least_one_decibel_more(const graph::Graph& network, const std::string& offload,
                                      const std::string& name) {
  EXPECT_GE(output_sqnr_db(network, offload, Preset::kAccurate),
            output_sqnr_db(network, offload, Preset::kSeed) + 1)
      << name << ", " << offload;
}

TEST(Presets, AccurateIsAtLeastOneDecibelBetterThanSeedOnEveryTrainedNetwork) {
  for (const char* name :
       {"resnet50-conv2_x", "resnet18-conv2_x", "resnet18-conv2_x-conv3_x", "resnet18-all",
        "resnet20-conv2_x", "resnet20-conv2_x-conv3_x", "resnet20-all", "split-biased-conv2_x"}) {
    const BrevitasGolden golden(name);
    expect_at_least_one_decibel_more(golden.network(), golden.json["offload"], name);
  }
}

TEST(Presets, AccurateIsFarBetterWhereTheWholeNetworkIsIntegers) {
  for (const char* name : {"resnet18-all", "resnet20-all"}) {
    const graph::Graph network = BrevitasGolden(name).network();
    EXPECT_GE(output_sqnr_db(network, "all", Preset::kAccurate),
              output_sqnr_db(network, "all", Preset::kSeed) + 5)
        << name;
  }
}

TEST(Presets, AccurateIsAtLeastOneDecibelBetterThanSeedOnRandomNarrowNetworks) {
  struct Case {
    std::string file;
    std::vector<int> strides;
    int size = 32;
    std::string last;  ///< stage
  };
  for (const Case& each : {Case{"deep-narrow", {1, 2, 2, 2}, 32, "conv5_x"},
                           Case{"cifar-basic", {1, 2, 2, 2}, 32, "conv5_x"},
                           Case{"cifar-bottleneck", {1, 2, 2, 2}, 32, "conv5_x"},
                           Case{"option-a", {1, 2, 2}, 32, "conv4_x"},
                           Case{"other-strides", {2, 1, 1, 2}, 32, "conv5_x"},
                           Case{"torchvision-basic", {1, 2, 2, 2}, 32, "conv5_x"},
                           Case{"torchvision-bottleneck", {1, 2, 2, 2}, 32, "conv5_x"}}) {
    model::Overrides overrides;
    overrides.strides = each.strides;
    overrides.input_size = {{each.size, each.size}};
    const auto file = source_folder() / "tests/goldens/float" / (each.file + ".pt");
    const graph::Graph network = model::build(model::read_checkpoint(file), overrides).network;
    for (const std::string& offload : {std::string("conv2_x"), each.last, std::string("all")}) {
      expect_at_least_one_decibel_more(network, offload, each.file);
    }
  }
}

}  // namespace
}  // namespace shiftwise::quant
