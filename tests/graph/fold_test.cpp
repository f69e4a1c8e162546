// SPDX-License-Identifier: Apache-2.0
#include "graph/fold.h"

#include <gtest/gtest.h>

#include "graph/naive.h"
#include "graph/networks.h"
#include "graph/refusal.h"

namespace shiftwise::graph {
namespace {

Graph conv_and_norm(std::vector<float> bias) {
  Network net({1, 1, 1});
  net.append("conv", {0}, Conv2d{core::Tensor<float>({2, 1, 1, 1}, {0.5F, -1.5F}), bias, 1, 0});
  net.append("bn", {1},
             BatchNorm{.gamma = {1.2F, 0.8F},
                       .beta = {0.1F, -0.3F},
                       .mean = {0.25F, -0.5F},
                       .variance = {0.9F, 2.0F}});
  return net.graph;
}

// The bits that Brevitas and numpy's float32 make of the same numbers.
TEST(FoldBatchNorms, GivesBrevitasBits) {
  const Graph folded = fold_batch_norms(conv_and_norm({}));
  ASSERT_EQ(folded.nodes.size(), 2U);
  const auto& conv = std::get<Conv2d>(folded.nodes[1].operation);
  EXPECT_EQ(conv.weight.values, (std::vector<float>{0x1.43d0c2p-1F, -0x1.b272p-1F}));
  EXPECT_EQ(conv.bias, (std::vector<float>{-0x1.bad4b8p-3F, -0x1.191dep-6F}));
}

TEST(FoldBatchNorms, ScalesABiasThatIsThere) {
  const Graph folded = fold_batch_norms(conv_and_norm({0.3F, -7.7F}));
  const auto& conv = std::get<Conv2d>(folded.nodes[1].operation);
  EXPECT_EQ(conv.bias, (std::vector<float>{0x1.4e5384p-3F, -0x1.17dep+2F}));
}

TEST(FoldBatchNorms, KeepsWhatTheNetworkComputes) {
  const Graph graph = small_resnet();
  const Graph folded = fold_batch_norms(graph);
  const std::vector<float> image = noise(graph.input_shape().elements(), 7);
  const Naive expected = run_naive(graph, image).back();
  const Naive got = run_naive(folded, image).back();
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    EXPECT_NEAR(got.values[i], expected.values[i], 1e-5);
  }
}

TEST(FoldBatchNorms, KeepsNamesAndOrderOfTheOthers) {
  const Graph graph = small_resnet();
  std::vector<std::string> expected;
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<BatchNorm>(node.operation)) expected.push_back(node.name);
  }
  std::vector<std::string> got;
  for (const Node& node : fold_batch_norms(graph).nodes) got.push_back(node.name);
  EXPECT_EQ(got, expected);
}

TEST(FoldBatchNorms, GivesEveryConvolutionABias) {
  Network net({3, 4, 4});
  net.conv("conv", 3, 5, 3);
  const auto folded = fold_batch_norms(net.graph);
  EXPECT_EQ(std::get<Conv2d>(folded.nodes[1].operation).bias, (std::vector<float>{0, 0, 0, 0, 0}));
}

TEST(FoldBatchNorms, RefusesANormWithoutAConvolutionOfItsOwn) {
  Network net({3, 4, 4});
  net.conv("conv", 3, 3, 3);
  net.batch_norm("bn", 3);
  net.batch_norm("second", 3);
  EXPECT_TRUE(says(refusal([&] { fold_batch_norms(net.graph); }), "batch_norm 'second'",
                   "batch_norm 'bn', is no conv"));

  Network shared({3, 4, 4});
  const NodeId conv = shared.conv("conv", 3, 3, 3);
  shared.batch_norm("bn", 3);
  shared.add("add", shared.last(), conv);
  EXPECT_TRUE(says(refusal([&] { fold_batch_norms(shared.graph); }),
                   "conv2d 'conv', is no convolution that only it reads"));
}

TEST(FoldBatchNorms, RefusesAnOverflow) {
  Graph graph = conv_and_norm({});
  auto& norm = std::get<BatchNorm>(graph.nodes[2].operation);
  norm.gamma[0] = 3e38F;
  norm.variance[0] = 0.0F;
  EXPECT_TRUE(says(refusal([&] { fold_batch_norms(graph); }), "its weight holds inf"));
}

}  // namespace
}  // namespace shiftwise::graph
