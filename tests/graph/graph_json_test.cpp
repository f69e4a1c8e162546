// SPDX-License-Identifier: Apache-2.0
#include "graph/graph_json.h"

#include <gtest/gtest.h>

#include "graph/fold.h"
#include "graph/networks.h"
#include "graph/refusal.h"

namespace shiftwise::graph {
namespace {

using Json = nlohmann::ordered_json;

TEST(GraphJson, PrintsParsesAndPrintsTheSame) {
  for (const Graph& graph : {small_resnet(), fold_batch_norms(small_resnet())}) {
    const std::string text = to_json(graph).dump();
    const Graph again = from_json(Json::parse(text), parameters(graph));
    EXPECT_EQ(to_json(again).dump(), text);
    EXPECT_EQ(parameters(again), parameters(graph));
  }
}

TEST(GraphJson, UsesPytorchNames) {
  const auto tensors = parameters(small_resnet());
  EXPECT_EQ(tensors.at("bn1.running_var").shape, core::Shape{20});
  EXPECT_EQ(tensors.at("fc.weight").shape, (core::Shape{10, 32}));
  EXPECT_EQ(tensors.at("fc.bias").shape, core::Shape{10});
  EXPECT_FALSE(tensors.contains("conv1.bias"));
}

/// What from_json says after `spoil` changed the structure or the tensors.
template <typename Spoil>
std::string refused(Spoil spoil) {
  const Graph graph = small_resnet();
  Json json = to_json(graph);
  auto tensors = parameters(graph);
  spoil(json, tensors);
  return refusal([&] { from_json(json, tensors); });
}

TEST(GraphJson, AcceptsOtherTensorsBeside) {
  EXPECT_EQ(refused([](Json&, auto& tensors) { tensors["mine"] = core::Tensor<float>({1}); }),
            "accepted");
}

TEST(GraphJson, RefusesAnotherStructure) {
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json = Json::array(); }),
                   "the network\n  why:   it is no JSON object"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"] = 3; }), "'nodes' is no list"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"] = Json::array(); }), "no nodes"));
  EXPECT_TRUE(
      says(refused([](Json& json, auto&) { json["extra"] = 1; }), "its field 'extra' is unknown"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][3] = nullptr; }),
                   "node 3\n  why:   it is no JSON object"));
}

TEST(GraphJson, RefusesUnknownFieldsAndOperations) {
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["groups"] = 2; }),
                   "node 1\n  why:   its field 'groups' is unknown"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][3]["op"] = "gelu"; }),
                   "its operation 'gelu' is unknown"));
}

TEST(GraphJson, RefusesMissingFieldsAndWrongTypes) {
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1].erase("stride"); }),
                   "'stride' is missing"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["stride"] = 1.5; }),
                   "'stride' is no integer"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["stride"] = 1ULL << 40; }),
                   "'stride' is no integer"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["stride"] = -1; }),
                   "'stride' is no integer"));
  EXPECT_TRUE(
      says(refused([](Json& json, auto&) { json["nodes"][1]["name"] = 7; }), "'name' is no text"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["bias"] = 0; }),
                   "'bias' is neither true nor false"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][2]["epsilon"] = 1e300; }),
                   "'epsilon' is no float32"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][0]["shape"] = {3, 4}; }),
                   "'shape' has not three extents"));
}

TEST(GraphJson, RefusesInputsThatAreNotBefore) {
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["inputs"][0] = "fc"; }),
                   "node 1\n  why:   it reads a node that is not before it"));
  EXPECT_TRUE(says(refused([](Json& json, auto&) { json["nodes"][1]["inputs"][0] = 0; }),
                   "it reads a node that is not before it"));
}

TEST(GraphJson, RefusesMissingAndMisshapenTensors) {
  EXPECT_TRUE(says(refused([](Json&, auto& tensors) { tensors.erase("bn1.bias"); }),
                   "bn1.bias\n  why:   the tensor is missing"));
  EXPECT_TRUE(says(refused([](Json&, auto& tensors) { tensors["bn1.bias"].shape = {20, 1}; }),
                   "its shape is [20, 1]"));
  EXPECT_TRUE(says(refused([](Json&, auto& tensors) { tensors["fc.weight"].shape = {32, 10}; }),
                   "takes 10 channels but its input has 32"));
}

}  // namespace
}  // namespace shiftwise::graph
