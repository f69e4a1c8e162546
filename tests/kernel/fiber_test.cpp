// SPDX-License-Identifier: Apache-2.0
#include "kernel/fiber.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace shiftwise::kernel {
namespace {

TEST(Fiber, StopsInTheMiddleAndGoesOnWithItsStack) {
  Fiber fiber;
  std::string said;
  const auto body = [&] {
    std::array<char, 4096> deep{};
    deep[4095] = 'a';
    for (int i = 0; i < 3; ++i) {
      said += deep[4095];
      ++deep[4095];
      fiber.pause();
    }
  };
  fiber.start(body);
  for (int i = 0; fiber.under_way(); ++i) {
    said += static_cast<char>('0' + i);
    fiber.go_on();
  }
  EXPECT_EQ(said, "a0b1c2");
  fiber.start(body);
  EXPECT_TRUE(fiber.under_way());
  EXPECT_EQ(said, "a0b1c2a") << "and again from the start";
}

TEST(Fiber, ThatNeverGoesOnIsDropped) {
  bool ended = false;
  {
    Fiber fiber;
    fiber.start([&] {
      fiber.pause();
      ended = true;
    });
  }
  EXPECT_FALSE(ended);
}

TEST(Fiber, RunsInsideOfAnother) {
  Fiber outer;
  Fiber inner;
  std::string said;
  outer.start([&] {
    inner.start([&] {
      said += 'i';
      inner.pause();
      said += 'j';
    });
    said += 'o';
    outer.pause();
    inner.go_on();
    said += 'p';
  });
  said += 'm';
  outer.go_on();
  EXPECT_EQ(said, "iomjp");
  EXPECT_FALSE(inner.under_way());
}

}  // namespace
}  // namespace shiftwise::kernel
