// SPDX-License-Identifier: Apache-2.0
#include "sim/walk.h"

#include <gtest/gtest.h>

#include <random>

namespace shiftwise::sim {
namespace {

constexpr std::int64_t kPadding = -1;

/// The bytes of a descriptor, one by one, straight from the definition.
std::vector<std::int64_t> one_by_one(const dialect::BufferDescriptor& descriptor) {
  std::vector<std::int64_t> result;
  const auto emit = [&](std::int64_t element) {
    for (int b = 0; b < descriptor.element_bytes; ++b) {
      result.push_back(element == kPadding ? kPadding : element * descriptor.element_bytes + b);
    }
  };
  const auto visit = [&](const auto& self, std::size_t depth, std::int64_t at, bool pad) -> void {
    if (depth == descriptor.dimensions.size()) return emit(pad ? kPadding : at);
    const dialect::Dimension& dimension = descriptor.dimensions[depth];
    dialect::Padding padding;
    if (!descriptor.padding.empty()) padding = descriptor.padding[depth];
    for (std::int64_t i = -padding.before; i < dimension.size + padding.after; ++i) {
      self(self, depth + 1, at + i * dimension.stride, pad || i < 0 || i >= dimension.size);
    }
  };
  visit(visit, 0, descriptor.offset, false);
  return result;
}

/// What the walk visits, in steps of at most `most` bytes.
std::vector<std::int64_t> walked(Walk walk, std::int64_t most) {
  std::vector<std::int64_t> result;
  while (walk.remaining() > 0) {
    const Walk::Run run = walk.peek();
    const std::int64_t bytes = std::min(run.bytes, most);
    for (std::int64_t i = 0; i < bytes; ++i) {
      result.push_back(run.padding ? kPadding : run.offset + i);
    }
    walk.advance(bytes);
  }
  return result;
}

dialect::BufferDescriptor pattern(std::vector<dialect::Dimension> dimensions, int element = 1) {
  dialect::BufferDescriptor result{.element_bytes = element, .length = 1};
  for (const dialect::Dimension& dimension : dimensions) result.length *= dimension.size;
  result.dimensions = std::move(dimensions);
  return result;
}

TEST(Walk, WithoutDimensionsIsOneRun) {
  const Walk walk({.element_bytes = 2, .offset = 3, .length = 8}, 0);
  EXPECT_TRUE(walk.linear());
  EXPECT_EQ(walk.peek().offset, 6);
  EXPECT_EQ(walk.peek().bytes, 16);
}

TEST(Walk, DenseDimensionsAreOneRun) {
  const Walk walk(pattern({{4, 16}, {4, 4}, {4, 1}}), 0);
  EXPECT_TRUE(walk.linear());
  EXPECT_EQ(walk.peek().bytes, 64);
}

TEST(Walk, AnIterationMovesTheStart) {
  const Walk walk(pattern({{2, 8}, {4, 1}}), 100);
  EXPECT_EQ(walk.peek().offset, 100);
}

TEST(Walk, GoesOnInTheOutermostDimensionUntilTheLengthEnds) {
  dialect::BufferDescriptor descriptor = pattern({{1, 8}, {4, 1}});
  descriptor.length = 12;
  EXPECT_EQ(walked(Walk(descriptor, 0), 64),
            (std::vector<std::int64_t>{0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19}));
}

TEST(Walk, PadsBeforeAndAfterEachDimension) {
  dialect::BufferDescriptor descriptor = pattern({{2, 4}, {2, 1}});
  descriptor.padding = {{1, 0}, {1, 1}};
  const std::int64_t p = kPadding;
  EXPECT_EQ(walked(Walk(descriptor, 0), 64),
            (std::vector<std::int64_t>{p, p, p, p, p, 0, 1, p, p, 4, 5, p}));
}

TEST(Walk, EqualsTheDefinitionForRandomPatterns) {
  std::mt19937 random(7);
  const auto below = [&](int limit) { return static_cast<std::int64_t>(random() % limit); };
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<dialect::Dimension> dimensions;
    const std::int64_t rank = 1 + below(4);
    for (std::int64_t i = 0; i < rank; ++i) dimensions.push_back({1 + below(4), below(9)});
    dialect::BufferDescriptor descriptor = pattern(dimensions, static_cast<int>(1 << below(3)));
    descriptor.offset = below(5);
    if (below(2) == 0) {
      for (std::int64_t i = 0; i < rank; ++i) descriptor.padding.push_back({below(3), below(3)});
    }
    for (const std::int64_t most : {1, 3, 1000}) {
      ASSERT_EQ(walked(Walk(descriptor, 0), most), one_by_one(descriptor)) << trial;
    }
  }
}

}  // namespace
}  // namespace shiftwise::sim
