// SPDX-License-Identifier: Apache-2.0
#include "qgraph/qgraph_json.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/diagnostic.h"
#include "small_networks.h"

namespace shiftwise::qgraph {
namespace {

/// Hands a network's own tensors back by name.
TensorSource tensors_of(const QGraph& graph) {
  std::map<std::string, core::Tensor<std::int8_t>> weights;
  std::map<std::string, core::Tensor<std::int32_t>> biases;
  for (const Node& node : graph.nodes) {
    const auto keep = [&](const auto& layer) {
      weights[node.name + ".weight"] = layer.weight;
      biases[node.name + ".bias"] = {{static_cast<std::int64_t>(layer.bias.size())}, layer.bias};
    };
    if (const auto* conv = std::get_if<Conv2d>(&node.operation)) keep(*conv);
    if (const auto* linear = std::get_if<Linear>(&node.operation)) keep(*linear);
  }
  return {[weights](const std::string& name) { return weights.at(name); },
          [biases](const std::string& name) { return biases.at(name); }};
}

TEST(QGraphJson, PrintParsePrintGivesTheSameText) {
  for (QGraph graph : {strided_network(), residual_network()}) {
    graph.rounding = arith::Rounding::kConvEven;
    const auto json = to_json(graph);
    const QGraph back = from_json(json, tensors_of(graph));
    EXPECT_EQ(to_json(back).dump(), json.dump());
    EXPECT_EQ(back.rounding, graph.rounding);
  }
}

TEST(QGraphJson, SaysWhatFollowsForReadersOfTheFile) {
  const auto json = to_json(residual_network());
  EXPECT_EQ(json["nodes"][3]["residual"], "wide");
  EXPECT_EQ(json["nodes"][3]["s_add"], 7);
  EXPECT_EQ(json["nodes"][3]["e_skip"], -10);
  EXPECT_EQ(json["nodes"][1]["e_w"], -7);
  EXPECT_EQ(json["nodes"][4]["shift"], 1);  // 2 bits for four pixels, 1 back for the finer output
}

std::string refusal(const QGraph& graph,
                    const std::function<void(nlohmann::ordered_json&)>& fault) {
  auto json = to_json(graph);
  fault(json);
  try {
    from_json(json, tensors_of(graph));
  } catch (const core::Error& error) {
    return error.diagnostic().where + ": " + error.diagnostic().why;
  }
  return "accepted";
}

TEST(QGraphJson, AShiftThatContradictsTheExponentsIsRefused) {
  EXPECT_EQ(refusal(strided_network(), [](auto& json) { json["nodes"][1]["shift"] = 7; }),
            "integer network, layer 'conv': 'shift' is 7, but the exponents say 8");
}

TEST(QGraphJson, WrongTypesAndMissingFieldsAreRefusedByName) {
  EXPECT_EQ(refusal(strided_network(), [](auto& json) { json["nodes"][1].erase("stride"); }),
            "integer network, layer 'conv': 'stride' is missing");
  EXPECT_EQ(refusal(strided_network(), [](auto& json) { json["nodes"][1]["e_w"] = 1.5; }),
            "integer network, layer 'conv': 'e_w' is no integer of -16777216 to 16777216");
  EXPECT_EQ(refusal(strided_network(), [](auto& json) { json["nodes"][1]["op"] = "gelu"; }),
            "integer network, layer 'conv': there is no operation 'gelu'");
  EXPECT_EQ(refusal(strided_network(), [](auto& json) { json["nodes"] = 3; }),
            "integer network: 'nodes' is no list");
  EXPECT_EQ(refusal(strided_network(), [](auto& json) { json["nodes"][1]["stride"] = 1e30; }),
            "integer network, layer 'conv': 'stride' is no integer of -16777216 to 16777216");
}

TEST(QGraphJson, EveryRoundingModeHasAName) {
  for (const int code : {0, 1, 2, 3, 8, 9, 10, 11, 12, 13}) {
    const auto mode = static_cast<arith::Rounding>(code);
    EXPECT_EQ(parse_rounding(to_string(mode)), mode);
  }
  EXPECT_THROW(parse_rounding("nearest"), core::Error);
}

}  // namespace
}  // namespace shiftwise::qgraph
