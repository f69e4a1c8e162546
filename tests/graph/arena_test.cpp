// SPDX-License-Identifier: Apache-2.0
#include "graph/arena.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace shiftwise::graph {
namespace {

TEST(PlaceBuffers, GivesBuffersOfDifferentTimesTheSamePlace) {
  std::vector<Buffer> buffers = {{.bytes = 640, .born = 0, .dies = 1},
                                 {.bytes = 100, .born = 1, .dies = 2},
                                 {.bytes = 640, .born = 2, .dies = 3}};
  EXPECT_EQ(place_buffers(buffers), 768U);
  EXPECT_EQ(buffers[0].offset, 0U);
  EXPECT_EQ(buffers[1].offset, 640U);
  EXPECT_EQ(buffers[2].offset, 0U);
}

TEST(PlaceBuffers, FillsGaps) {
  std::vector<Buffer> buffers = {{.bytes = 128, .born = 0, .dies = 0},
                                 {.bytes = 192, .born = 0, .dies = 9},
                                 {.bytes = 64, .born = 0, .dies = 9},
                                 {.bytes = 64, .born = 5, .dies = 9}};
  EXPECT_EQ(place_buffers(buffers), 384U);
  EXPECT_EQ(buffers[3].offset, 192U);
}

TEST(PlaceBuffers, NeverLetsLivingBuffersOverlap) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::vector<Buffer> buffers(40);
    for (Buffer& buffer : buffers) {
      buffer.bytes = random() % 1000;
      buffer.born = static_cast<int>(random() % 30);
      buffer.dies = buffer.born + static_cast<int>(random() % 5);
    }
    const std::size_t total = place_buffers(buffers);
    for (const Buffer& a : buffers) {
      EXPECT_EQ(a.offset % kBufferAlignment, 0U);
      EXPECT_LE(a.offset + a.bytes, total);
      for (const Buffer& b : buffers) {
        const bool together = a.born <= b.dies && b.born <= a.dies;
        const bool apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
        EXPECT_TRUE(&a == &b || !together || apart);
      }
    }
  }
}

}  // namespace
}  // namespace shiftwise::graph
