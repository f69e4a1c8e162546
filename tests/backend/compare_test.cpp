// SPDX-License-Identifier: Apache-2.0
#include "backend/compare.h"

#include <gtest/gtest.h>

#include "core/diagnostic.h"
#include "shared/shape_categories.h"

namespace shiftwise::backend {
namespace {

/// The reference, except for one code of one node in one image, or for the output when nobody
/// observes.
class Faulty : public Executor {
 public:
  Faulty(const qgraph::QGraph& graph, qgraph::NodeId node, int image, std::size_t code)
      : reference_(reference_backend().make(graph)), node_(node), image_(image), code_(code) {}
  explicit Faulty(const qgraph::QGraph& graph) : Faulty(graph, -1, -1, 0) {}

  std::string describe() const override { return "faulty"; }
  std::size_t memory_bytes() const override { return 0; }
  void run(std::span<const std::byte> input, int images, std::span<std::byte> output,
           const Observer& observer) override {
    const int first = first_image_;
    if (observer) {
      reference_->run(input, images, output, [&](const Observation& seen) {
        std::vector<std::int32_t> codes(seen.codes.begin(), seen.codes.end());
        if (seen.node == node_ && first + seen.first_image == image_) codes[code_] += 2;
        observer({seen.node, seen.first_image, seen.images, codes});
      });
      return;
    }
    reference_->run(input, images, output, {});
    if (node_ < 0) output[code_] ^= std::byte{1};
    first_image_ += images;  // compare() ends each chunk with the unobserved run
  }

 private:
  std::unique_ptr<Executor> reference_;
  qgraph::NodeId node_;
  int image_;
  std::size_t code_;
  int first_image_ = 0;
};

class Compare : public testing::Test {
 protected:
  static constexpr int kImages = 5;
  Compare() {
    tests::NetworkBuilder net(1, {4, 5, 6}, qgraph::Element::kInt8);
    const auto conv = net.convolution(0, {.outputs = 4, .element = qgraph::Element::kInt8});
    net.sum(conv, 0, 3);
    graph_ = net.graph();
    input_ = tests::make_input(graph_.input_type(), kImages, tests::Fill::kRandom, 1);
    reference_ = reference_backend().make(graph_);
  }

  Comparison against(Executor& executor) {
    return compare({graph_, *reference_}, {graph_, executor}, input_, kImages);
  }

  qgraph::QGraph graph_;
  std::vector<std::byte> input_;
  std::unique_ptr<Executor> reference_;
};

TEST_F(Compare, FindsNoDifferenceBetweenEqualExecutors) {
  const auto other = reference_backend().make(graph_);
  const Comparison comparison = against(*other);
  EXPECT_TRUE(comparison.equal());
  EXPECT_EQ(comparison.images, kImages);
  ASSERT_EQ(comparison.nodes.size(), 3U);
  EXPECT_EQ(comparison.nodes[1].values, kImages * 4 * 5 * 6);
  EXPECT_EQ(comparison.nodes[1].mismatches, 0);
}

/// An executor on an array: right, but for one code if told so, and silent about its nodes.
class Blind : public Faulty {
 public:
  using Faulty::Faulty;
  bool shows_nodes() const override { return false; }
};

TEST_F(Compare, LooksOnlyAtTheOutputOfAnExecutorThatDoesNotShowItsNodes) {
  Blind blind(graph_, 0, -1, 0);
  const Comparison comparison = against(blind);
  EXPECT_TRUE(comparison.equal());
  EXPECT_EQ(comparison.images, kImages);
  ASSERT_EQ(comparison.nodes.size(), 1U);
  EXPECT_EQ(comparison.nodes[0].node, graph_.nodes.back().name);
  EXPECT_EQ(comparison.nodes[0].values, kImages * 4 * 5 * 6);
}

TEST_F(Compare, FindsTheOneOutputCodeThatDiffersThere) {
  Blind blind(graph_, -1, -1, 2 * 30 + 4 * 6 + 5);
  const Comparison comparison = against(blind);
  ASSERT_TRUE(comparison.first.has_value());
  EXPECT_EQ(comparison.nodes[0].mismatches, 1);
  EXPECT_EQ(comparison.first->channel, 2);
  EXPECT_EQ(comparison.first->y, 4);
  EXPECT_EQ(comparison.first->x, 5);
}

TEST_F(Compare, NamesTheOneCodeThatDiffers) {
  Faulty faulty(graph_, 1, 3, 2 * 30 + 4 * 6 + 5);
  const Comparison comparison = against(faulty);
  ASSERT_FALSE(comparison.equal());
  EXPECT_EQ(comparison.first->node, "conv2d1");
  EXPECT_EQ(comparison.first->image, 3);
  EXPECT_EQ(comparison.first->channel, 2);
  EXPECT_EQ(comparison.first->y, 4);
  EXPECT_EQ(comparison.first->x, 5);
  EXPECT_EQ(comparison.first->got, comparison.first->expected + 2);
  EXPECT_EQ(comparison.nodes[1].mismatches, 1);
  EXPECT_EQ(comparison.nodes[1].largest_error, 2);
  EXPECT_EQ(comparison.nodes[2].mismatches, 0);
}

TEST_F(Compare, ReadsLikeASentence) {
  const Difference difference = {"conv1", 3, 5, 0, 31, 17, -18};
  EXPECT_EQ(difference.text(),
            "layer 'conv1', image 3, channel 5, y 0, x 31: expected 17, got -18");
}

TEST_F(Compare, SeesAnOutputThatIsWrongOnlyWhenNobodyObserves) {
  Faulty faulty(graph_);
  const Comparison comparison = against(faulty);
  ASSERT_FALSE(comparison.equal());
  EXPECT_EQ(comparison.first->node, "add2");
  EXPECT_EQ(comparison.first->image, 0);
  EXPECT_EQ(std::abs(comparison.first->got - comparison.first->expected), 1);
}

TEST_F(Compare, ListsNodesThatOnlyOneNetworkHas) {
  qgraph::QGraph renamed = graph_;
  renamed.nodes[1].name = "other";
  const auto executor = reference_backend().make(renamed);
  const Comparison comparison =
      compare({graph_, *reference_}, {renamed, *executor}, input_, kImages);
  EXPECT_FALSE(comparison.equal());
  EXPECT_FALSE(comparison.first.has_value());
  EXPECT_EQ(comparison.unmatched, (std::vector<std::string>{"conv2d1", "other"}));
}

TEST_F(Compare, FindsWhereTwoNetworksPart) {
  qgraph::QGraph changed = graph_;
  std::get<qgraph::Conv2d>(changed.nodes[1].operation).bias[3] += 1 << 12;
  const auto executor = reference_backend().make(changed);
  const Comparison comparison =
      compare({graph_, *reference_}, {changed, *executor}, input_, kImages);
  ASSERT_FALSE(comparison.equal());
  EXPECT_EQ(comparison.first->node, "conv2d1");
  EXPECT_EQ(comparison.first->channel, 3);
}

TEST_F(Compare, RefusesNetworksWithDifferentInputs) {
  tests::NetworkBuilder net(1, {4, 5, 7}, qgraph::Element::kUint8);
  net.convolution(0, {});
  const auto executor = reference_backend().make(net.graph());
  try {
    compare({graph_, *reference_}, {net.graph(), *executor}, input_, kImages);
    ADD_FAILURE() << "no error";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().why, "one takes int8 4x5x6, the other uint8 4x5x7");
  }
}

TEST(ReferenceBackend, RefusesABufferOfTheWrongSize) {
  tests::NetworkBuilder net(1, {4, 5, 7}, qgraph::Element::kUint8);
  net.convolution(0, {});
  std::vector<std::byte> bytes(3);
  EXPECT_THROW(reference_backend().make(net.graph())->run(bytes, 1, bytes), core::Error);
}

}  // namespace
}  // namespace shiftwise::backend
