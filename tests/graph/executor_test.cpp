// SPDX-License-Identifier: Apache-2.0
#include "graph/executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "core/parallel.h"
#include "graph/fold.h"
#include "graph/naive.h"
#include "graph/networks.h"
#include "graph/refusal.h"

namespace shiftwise::graph {
namespace {

std::size_t count(const core::ImageShape& shape, int images) {
  return static_cast<std::size_t>(shape.elements() * images);
}

/// The output of every observed node, and of the last under its id.
std::map<NodeId, std::vector<float>> run(const Graph& graph, int images, int chunk,
                                         std::span<const float> input,
                                         const std::vector<NodeId>& observed = {}) {
  const Executor executor(graph, {.images_per_chunk = chunk, .observed = observed});
  std::map<NodeId, std::vector<float>> seen;
  std::vector<float> output(count(executor.output_shape(), images));
  NodeId previous = -1;
  executor.run(input, images, output, [&](NodeId id, std::span<const float> values) {
    EXPECT_GT(id, previous) << "observations come in node order";
    previous = id;
    seen[id].assign(values.begin(), values.end());
  });
  EXPECT_EQ(seen.size(), observed.size());
  seen[graph.output()] = output;
  return seen;
}

/// max|a - b| / max|b| over one tensor of several images.
double difference(std::span<const float> got, const std::vector<std::vector<Naive>>& expected,
                  std::size_t node) {
  double largest = 1e-30;
  double error = 0;
  std::size_t i = 0;
  for (const std::vector<Naive>& image : expected) {
    for (const double value : image[node].values) {
      largest = std::max(largest, std::abs(value));
      error = std::max(error, std::abs(value - got[i++]));
    }
  }
  EXPECT_EQ(i, got.size());
  return error / largest;
}

/// Runs `graph` with every node observed and with none; both must agree with the naive loops.
void expect_naive(const Graph& graph, int images = 2) {
  const std::int64_t size = graph.input_shape().elements();
  const std::vector<float> input = noise(size * images, 99);
  std::vector<std::vector<Naive>> expected;
  for (int image = 0; image < images; ++image) {
    expected.push_back(
        run_naive(graph, std::span(input).subspan(static_cast<std::size_t>(image * size),
                                                  static_cast<std::size_t>(size))));
  }
  std::vector<NodeId> every(graph.nodes.size());
  std::iota(every.begin(), every.end(), 0);
  for (const auto& observed : {every, std::vector<NodeId>{}}) {
    for (const auto& [id, values] : run(graph, images, images, input, observed)) {
      const auto node = static_cast<std::size_t>(id);
      EXPECT_LT(difference(values, expected, node), 1e-5)
          << graph.nodes[node].name << (observed.empty() ? ", fused" : ", observed");
    }
  }
}

/// Channels, extents, kernel, stride: by category, each able to take another path of oneDNN.
struct ConvCase {
  int inputs, outputs, height, width, kernel, stride;
};

TEST(Executor, ConvolvesEveryShapeCategory) {
  for (const ConvCase& c :
       std::initializer_list<ConvCase>{{1, 1, 1, 1, 1, 1},      // one pixel, one channel
                                       {1, 5, 3, 2, 3, 1},      // one channel in
                                       {3, 16, 32, 32, 3, 1},   // the CIFAR stem
                                       {3, 64, 33, 29, 7, 2},   // the ImageNet stem on odd sizes
                                       {64, 64, 8, 8, 3, 1},    // whole vectors
                                       {64, 256, 5, 5, 1, 1},   // bottleneck
                                       {17, 31, 9, 7, 3, 1},    // no multiple of anything
                                       {24, 48, 7, 7, 3, 2},    // strided, odd
                                       {48, 24, 7, 5, 1, 2},    // strided projection, odd
                                       {128, 16, 1, 1, 3, 1},   // only the centre tap sees data
                                       {512, 10, 2, 2, 1, 1},   // deep
                                       {2, 3, 1, 19, 5, 3}}) {  // one row
    Network net({c.inputs, c.height, c.width});
    net.conv("conv", c.inputs, c.outputs, c.kernel, c.stride, c.outputs % 2 == 0);
    net.relu("relu");
    SCOPED_TRACE(testing::Message() << c.inputs << "->" << c.outputs << " " << c.height << "x"
                                    << c.width << " k" << c.kernel << " s" << c.stride);
    expect_naive(net.graph);
  }
}

TEST(Executor, PoolsAtBorders) {
  for (const MaxPool& pool : {MaxPool{3, 2, 1}, MaxPool{2, 2, 0}, MaxPool{3, 1, 1}}) {
    for (const core::ImageShape& shape :
         {core::ImageShape{1, 3, 3}, {16, 7, 8}, {20, 2, 5}, {64, 16, 16}}) {
      Network net(shape);
      // Below zero everywhere: padding that counted as zero would win.
      net.conv("conv", shape.channels, shape.channels, 1, 1, true);
      auto& bias = std::get<Conv2d>(net.graph.nodes[1].operation).bias;
      std::fill(bias.begin(), bias.end(), -9.0F);
      net.append("pool", {-1}, pool);
      SCOPED_TRACE(core::to_string(shape));
      expect_naive(net.graph);
    }
  }
}

TEST(Executor, AveragesAndClassifies) {
  for (const core::ImageShape& shape :
       {core::ImageShape{1, 1, 1}, {3, 7, 7}, {64, 4, 4}, {20, 3, 5}}) {
    Network net(shape);
    net.append("pool", {-1}, GlobalAveragePool{});
    net.linear("fc", shape.channels, 10, shape.channels != 3);
    SCOPED_TRACE(core::to_string(shape));
    expect_naive(net.graph);
  }
}

TEST(Executor, SubsamplesAndPadsChannels) {
  for (const SubsamplePad& op :
       {SubsamplePad{2, 4, 24}, SubsamplePad{1, 0, 17}, SubsamplePad{3, 7, 23}}) {
    Network net({16, 7, 10});
    net.conv("conv", 16, 16, 3);
    net.append("shortcut", {-1}, op);
    net.relu("relu");
    expect_naive(net.graph);
  }
}

TEST(Executor, RunsAWholeNetwork) { expect_naive(fold_batch_norms(small_resnet()), 3); }

TEST(Executor, RunsPartsOfANetwork) {
  const Graph graph = fold_batch_norms(small_resnet());
  for (const char* stages : {"stem", "conv2_x", "conv3_x,classifier"}) {
    SCOPED_TRACE(stages);
    expect_naive(slice(graph, find_stages(graph, stages)));
  }
  expect_naive(slice(graph, {1, 0}));
}

TEST(Executor, AddsWhereInPlaceWouldBeWrong) {
  {
    SCOPED_TRACE("the skip is needed again afterwards");
    Network net({16, 5, 5});
    const NodeId skip = net.conv("skip", 16, 16, 3);
    const NodeId main = net.conv("main", 16, 16, 3, 1, false, 0);
    const NodeId sum = net.add("sum", main, skip);
    net.add("again", sum, skip);
    expect_naive(net.graph);
  }
  {
    SCOPED_TRACE("the convolution reads what it is added to");
    Network net({16, 5, 5});
    const NodeId skip = net.conv("skip", 16, 16, 1);
    net.add("sum", net.conv("main", 16, 16, 3, 1, false, skip), skip);
    net.relu("relu");
    expect_naive(net.graph);
  }
  {
    SCOPED_TRACE("both operands are one node");
    Network net({16, 5, 5});
    const NodeId conv = net.conv("conv", 16, 16, 3);
    net.add("twice", conv, conv);
    expect_naive(net.graph);
  }
  {
    SCOPED_TRACE("the main operand is no convolution");
    Network net({16, 5, 5});
    const NodeId conv = net.conv("conv", 16, 16, 3);
    net.add("sum", 0, conv);
    net.relu("relu");
    expect_naive(net.graph);
  }
  {
    SCOPED_TRACE("the skip is the input");
    Network net({16, 5, 5});
    net.conv("a", 16, 16, 3);
    net.add("sum", net.conv("b", 16, 16, 3), 0);
    expect_naive(net.graph);
  }
}

TEST(Executor, GivesTheSameBitsToAnImageOfAPartialChunk) {
  const Graph graph = fold_batch_norms(small_resnet());
  const auto size = static_cast<std::size_t>(graph.input_shape().elements());
  const std::vector<float> input = noise(static_cast<std::int64_t>(size) * 4, 5);
  const std::vector<NodeId> observed = {find(graph, "relu"), find(graph, "layer1.1.add")};
  const auto whole = run(graph, 4, 4, input, observed);
  for (int images = 1; images < 4; ++images) {
    const auto part =
        run(graph, images, 4, std::span(input).first(size * static_cast<std::size_t>(images)),
            observed);
    for (const auto& [id, values] : part) {
      EXPECT_TRUE(std::equal(values.begin(), values.end(), whole.at(id).begin()));
    }
  }
}

TEST(Executor, DoesNotRememberTheChunkBefore) {
  const Graph graph = fold_batch_norms(small_resnet());
  const Executor executor(graph, {.images_per_chunk = 2, .observed = {}});
  const auto size = graph.input_shape().elements() * 2;
  const std::vector<float> input = noise(size, 5);
  const std::vector<float> other = noise(size, 6, 1000.0F);
  std::vector<float> first(20);
  std::vector<float> again(20);
  executor.run(input, 2, first);
  executor.run(other, 2, again);
  EXPECT_NE(first, again);
  executor.run(input, 2, again);
  EXPECT_EQ(first, again);
}

TEST(Executor, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Graph graph = fold_batch_norms(small_resnet({3, 32, 32}));
  constexpr int kChunk = 4;
  constexpr int kChunks = 12;
  const std::vector<float> input = noise(graph.input_shape().elements() * kChunk * kChunks, 5);
  const auto logits = [&](int threads) {
    core::set_thread_limit(threads);
    const Executor executor(graph, {.images_per_chunk = kChunk, .observed = {}});
    std::vector<float> output(std::size_t{10} * kChunk * kChunks);
    core::parallel_for(kChunks, [&](std::int64_t chunk) {
      const auto at = static_cast<std::size_t>(chunk) * kChunk;
      const std::size_t size = count(executor.input_shape(), 1);
      executor.run(std::span(input).subspan(at * size, kChunk * size), kChunk,
                   std::span(output).subspan(at * 10, std::size_t{10} * kChunk));
    });
    core::set_thread_limit(0);
    return output;
  };
  const std::vector<float> one = logits(1);
  EXPECT_EQ(one, logits(2));
  EXPECT_EQ(one, logits(4));
}

TEST(Executor, SeveralThreadsForOneChunkAgreeWithOne) {
  const Graph graph = fold_batch_norms(small_resnet());
  const auto logits = [&](int threads) {
    const Executor executor(graph,
                            {.images_per_chunk = 1, .threads_per_chunk = threads, .observed = {}});
    std::vector<float> output(10);
    executor.run(noise(graph.input_shape().elements(), 5), 1, output);
    return output;
  };
  const std::vector<float> one = logits(1);
  const std::vector<float> three = logits(3);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], three[i], 1e-5) << i;
}

TEST(Executor, ShowsTheSameFloatsInAnyOrder) {
  const Graph graph = fold_batch_norms(small_resnet());
  const int images = 2;
  const std::vector<float> input = noise(graph.input_shape().elements() * images, 5);
  std::vector<NodeId> observed;
  for (NodeId id = 1; id < graph.output(); ++id) observed.push_back(id);
  const auto shown = [&](bool any_order) {
    const Executor executor(graph,
                            {.images_per_chunk = 3, .observed = observed, .any_order = any_order});
    std::map<NodeId, std::vector<float>> sorted;
    std::vector<float> output(10 * images);
    executor.run(input, images, output, [&](NodeId id, std::span<const float> values) {
      const std::size_t each = values.size() / images;
      for (std::size_t image = 0; image < images; ++image) {
        std::vector<float> own(values.begin() + static_cast<std::ptrdiff_t>(image * each),
                               values.begin() + static_cast<std::ptrdiff_t>((image + 1) * each));
        std::ranges::sort(own);
        sorted[id].insert(sorted[id].end(), own.begin(), own.end());
      }
    });
    return sorted;
  };
  EXPECT_EQ(shown(false), shown(true));
}

TEST(Executor, ReusesMemoryOfDeadActivations) {
  Network shallow({16, 8, 8});
  Network deep({16, 8, 8});
  for (int i = 0; i < 4; ++i) shallow.conv("conv" + std::to_string(i), 16, 16, 3);
  for (int i = 0; i < 40; ++i) deep.conv("conv" + std::to_string(i), 16, 16, 3);
  const Executor::Options options{.images_per_chunk = 8, .observed = {}};
  const Executor small(shallow.graph, options);
  const Executor large(deep.graph, options);
  EXPECT_EQ(small.workspace_bytes(), large.workspace_bytes());
  EXPECT_EQ(10 * small.weight_bytes(), large.weight_bytes());
}

TEST(Executor, RefusesWhatItsCallerMustNotDo) {
  EXPECT_TRUE(says(refusal([] { Executor(small_resnet(), {}); }), "batch norms are folded", "bn1"));
  const Graph graph = fold_batch_norms(small_resnet());
  EXPECT_TRUE(says(refusal([&] { Executor(graph, {.images_per_chunk = 0, .observed = {}}); }),
                   "at least one image"));
  EXPECT_TRUE(says(refusal([&] { Executor(graph, {.threads_per_chunk = 0, .observed = {}}); }),
                   "at least one thread"));
  EXPECT_TRUE(says(refusal([&] { Executor(graph, {.images_per_chunk = 1, .observed = {1000}}); }),
                   "an observed node is in the network"));
  const Executor executor(graph, {.images_per_chunk = 2, .observed = {}});
  std::vector<float> input(count(executor.input_shape(), 3));
  std::vector<float> output(30);
  EXPECT_TRUE(says(refusal([&] { executor.run(input, 3, output); }), "3 images, at most 2"));
  EXPECT_TRUE(
      says(refusal([&] { executor.run(input, 2, output); }), "the input has the network's shape"));
  input.resize(count(executor.input_shape(), 2));
  EXPECT_TRUE(
      says(refusal([&] { executor.run(input, 2, output); }), "the output has the network's shape"));
}

}  // namespace
}  // namespace shiftwise::graph
