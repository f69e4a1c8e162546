// SPDX-License-Identifier: Apache-2.0
// Every family's checkpoint, read, folded and run, against what PyTorch computed from it
// (tests/goldens/make_float_goldens.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/safetensors.h"
#include "graph/executor.h"
#include "graph/fold.h"
#include "model/load.h"

namespace shiftwise {
namespace {

const std::filesystem::path kFolder = SHIFTWISE_SOURCE_DIR "/tests/goldens/float";

std::vector<std::string> names() {
  std::vector<std::string> result;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".json") result.push_back(entry.path().stem().string());
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::map<std::string, std::vector<float>> read_golden(const std::filesystem::path& path) {
  const core::MappedFile file(path);
  std::map<std::string, std::vector<float>> result;
  for (const core::StoredTensor& tensor :
       core::parse_safetensors(file.bytes(), path.string()).tensors) {
    std::vector<float>& values = result[tensor.name];
    values.resize(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  }
  return result;
}

graph::Graph load(const nlohmann::json& card, model::Overrides overrides) {
  overrides.input_size = {{card["input"][2].get<int>(), card["input"][3].get<int>()}};
  if (card["strides_must_be_given"]) overrides.strides = card["strides"].get<std::vector<int>>();
  const auto file = kFolder / card["checkpoints"][0].get<std::string>();
  return graph::fold_batch_norms(model::build(model::read_checkpoint(file), overrides).network);
}

/// The node whose output the golden calls "stem", "layer1.0", "pool" or "logits": for a block
/// its last node.
graph::NodeId node_of(const graph::Graph& network, const std::string& golden) {
  if (golden == "logits") return network.output();
  const auto last =
      std::find_if(network.nodes.rbegin(), network.nodes.rend(), [&](const graph::Node& node) {
        if (golden == "stem") return node.stage == "stem";
        if (golden == "pool") {
          return std::holds_alternative<graph::GlobalAveragePool>(node.operation);
        }
        return node.name.starts_with(golden + ".");
      });
  EXPECT_NE(last, network.nodes.rend()) << golden;
  return static_cast<graph::NodeId>(network.nodes.rend() - last) - 1;
}

/// max|a - b| / max|b|. Inner tensors are stored for the first image only.
double deviation(std::span<const float> got, const std::vector<float>& expected) {
  double largest = 0;
  double error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(std::isfinite(got[i]));
    largest = std::max(largest, std::abs(double{expected[i]}));
    error = std::max(error, std::abs(double{expected[i]} - got[i]));
  }
  EXPECT_GT(largest, 0);
  return error / largest;
}

/// The deviation of every tensor of the golden, by its name there.
std::map<std::string, double> deviations(const std::string& name,
                                         const model::Overrides& overrides = {}) {
  std::ifstream stream(kFolder / (name + ".json"));
  const nlohmann::json card = nlohmann::json::parse(stream);
  const auto golden = read_golden(kFolder / card["golden"].get<std::string>());
  const graph::Graph network = load(card, overrides);

  std::map<graph::NodeId, std::string> wanted;
  std::vector<graph::NodeId> observed;
  for (const auto& [tensor, values] : golden) {
    if (tensor == "input") continue;
    observed.push_back(node_of(network, tensor));
    EXPECT_TRUE(wanted.emplace(observed.back(), tensor).second) << tensor << " is seen twice";
  }
  const int images = card["input"][0];
  const graph::Executor executor(network, {.images_per_chunk = images, .observed = observed});
  std::vector<float> logits(static_cast<std::size_t>(executor.output_shape().elements() * images));
  std::map<std::string, double> result;
  executor.run(golden.at("input"), images, logits,
               [&](graph::NodeId id, std::span<const float> got) {
                 const std::vector<float>& expected = golden.at(wanted.at(id));
                 ASSERT_TRUE(got.size() == expected.size() ||
                             got.size() == expected.size() * static_cast<std::size_t>(images))
                     << wanted.at(id) << ": " << got.size() << " for " << expected.size();
                 result[wanted.at(id)] = deviation(got, expected);
               });
  EXPECT_EQ(result.size(), golden.size() - 1);
  return result;
}

class FloatGolden : public testing::TestWithParam<std::string> {};

TEST_P(FloatGolden, AgreesWithPyTorchInEveryTensor) {
  for (const auto& [tensor, ratio] : deviations(GetParam())) EXPECT_LE(ratio, 1e-4) << tensor;
}

TEST_P(FloatGolden, NoticesAWrongEpsilon) {
  model::Overrides overrides;
  overrides.batch_norm_epsilon = 3e-3F;
  for (const auto& [tensor, ratio] : deviations(GetParam(), overrides)) {
    EXPECT_GT(ratio, 1e-4) << tensor;
  }
}

INSTANTIATE_TEST_SUITE_P(Families, FloatGolden, testing::ValuesIn(names()),
                         [](const testing::TestParamInfo<std::string>& family) {
                           std::string name = family.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace shiftwise
