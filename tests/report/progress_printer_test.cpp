// SPDX-License-Identifier: Apache-2.0
#include "report/progress_printer.h"

#include <gtest/gtest.h>

#include <sstream>

namespace shiftwise::report {
namespace {

/// A printer whose clock the test moves.
struct Harness {
  explicit Harness(bool terminal) : printer(out, terminal, [this] { return now; }) {}
  double now = 100;
  std::ostringstream out;
  ProgressPrinter printer;
};

TEST(ProgressPrinter, SaysNothingAboutStepsUnderASecond) {
  for (const bool terminal : {false, true}) {
    Harness harness(terminal);
    harness.printer.begin("fold", 10, "layers");
    harness.now += 0.9;
    harness.printer.advance(10);
    harness.printer.end();
    EXPECT_EQ(harness.out.str(), "");
  }
}

TEST(ProgressPrinter, PrintsAPlainLineNowAndThenWhereNobodyWatches) {
  Harness harness(false);
  harness.printer.begin("evaluate", 100, "images");
  for (int i = 0; i < 10; ++i) {
    harness.now += 1;
    harness.printer.advance(10);
  }
  harness.printer.end();
  EXPECT_EQ(harness.out.str(),
            "evaluate: 10 of 100 images (10 %), 10 images/s, 9.0 s left\n"
            "evaluate: 60 of 100 images (60 %), 10 images/s, 4.0 s left\n"
            "evaluate: 100 images in 10 s (10 images/s)\n");
}

TEST(ProgressPrinter, RewritesOneLineOnATerminal) {
  Harness harness(true);
  harness.printer.begin("download", 4096, "bytes");
  harness.now += 2;
  harness.printer.advance(2048);
  harness.printer.begin("next", 1, "step");
  EXPECT_EQ(harness.out.str(),
            "\r\x1b[Kdownload: 2.0 KiB of 4.0 KiB (50 %), 1.0 KiB/s, 2.0 s left"
            "\r\x1b[Kdownload: 2.0 KiB in 2.0 s (1.0 KiB/s)\n");
}

TEST(ProgressPrinter, LeavesNoHalfLineBehindWhenAStepFails) {
  std::ostringstream out;
  double now = 0;
  {
    ProgressPrinter printer(out, true, [&] { return now; });
    printer.begin("evaluate", 0, "images");
    now = 2;
    printer.advance(1);
  }
  EXPECT_EQ(out.str(), "\r\x1b[Kevaluate: 1 images, 0.5 images/s\r\x1b[K");
}

}  // namespace
}  // namespace shiftwise::report
