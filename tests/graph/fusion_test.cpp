// SPDX-License-Identifier: Apache-2.0
#include "graph/fusion.h"

#include <gtest/gtest.h>

#include "graph/fold.h"
#include "graph/networks.h"

namespace shiftwise::graph {
namespace {

using Names = std::vector<std::string>;

/// "operation(+skip)(+relu)" of each group, by name.
Names fused(const Graph& graph, const std::vector<NodeId>& observed = {}) {
  Names result;
  for (const Group& group : fuse(graph, observed)) {
    const auto name = [&](NodeId id) { return graph.nodes[static_cast<std::size_t>(id)].name; };
    std::string text = name(group.operation);
    if (group.skip) text += " + " + name(*group.skip);
    if (group.relu) text += ", relu";
    result.push_back(text);
  }
  return result;
}

Graph block() {
  Network net({8, 4, 4});
  net.conv("conv1", 8, 8, 3);
  net.relu("relu1");
  const NodeId main = net.conv("conv2", 8, 8, 3);
  net.conv("shortcut", 8, 8, 1, 1, false, 0);
  net.add("add", main, net.last());
  net.relu("relu2");
  return net.graph;
}

TEST(Fuse, MakesOnePrimitiveOfConvolutionSumAndRelu) {
  EXPECT_EQ(fused(block()), (Names{"conv1, relu", "shortcut", "conv2 + shortcut, relu"}));
}

TEST(Fuse, LeavesObservedNodesVisible) {
  const Graph graph = block();
  EXPECT_EQ(fused(graph, {find(graph, "conv1")}),
            (Names{"conv1", "relu1", "shortcut", "conv2 + shortcut, relu"}));
  EXPECT_EQ(fused(graph, {find(graph, "conv2")}),
            (Names{"conv1, relu", "conv2", "shortcut", "add, relu"}));
  EXPECT_EQ(fused(graph, {find(graph, "add")}),
            (Names{"conv1, relu", "shortcut", "conv2 + shortcut", "relu2"}));
  EXPECT_EQ(fused(graph, {find(graph, "relu2")}),
            (Names{"conv1, relu", "shortcut", "conv2 + shortcut, relu"}));
}

TEST(Fuse, PutsEveryNodeIntoOneGroup) {
  const Graph graph = fold_batch_norms(small_resnet());
  std::size_t nodes = 1;
  for (const Group& group : fuse(graph, {})) {
    nodes += 1 + (group.skip ? 1 : 0) + (group.relu ? 1 : 0);
  }
  EXPECT_EQ(nodes, graph.nodes.size());
}

TEST(LastReaders, CountSkips) {
  const Graph graph = block();
  const std::vector<Group> groups = fuse(graph, {});
  EXPECT_EQ(last_readers(graph, groups), (std::vector<int>{1, -1, 2, -1, 2, -1, -1}));
}

}  // namespace
}  // namespace shiftwise::graph
