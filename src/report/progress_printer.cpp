// SPDX-License-Identifier: Apache-2.0
#include "report/progress_printer.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "report/value.h"

namespace shiftwise::report {
namespace {

constexpr double kQuiet_s = 1.0;  // shorter steps are not worth a line
constexpr double kTerminalInterval_s = 0.1;
constexpr double kPlainInterval_s = 5.0;
constexpr const char* kRewrite = "\r\x1b[K";  // back to the start of the line, and clear it

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

ProgressPrinter::ProgressPrinter(std::ostream& out, bool terminal, std::function<double()> clock)
    : out_(out),
      terminal_(terminal),
      clock_(clock ? std::move(clock) : std::function<double()>(steady_seconds)) {}

ProgressPrinter::~ProgressPrinter() {
  if (running_ && shown_ && terminal_) out_ << kRewrite << std::flush;  // left by an exception
}

std::string ProgressPrinter::quantity(double units, bool with_unit) const {
  if (unit_ == "bytes") return bytes_text(units);
  const int decimals = units < 10 && units != static_cast<int>(units) ? 1 : 0;
  return fmt::format("{:.{}f}{}", units, decimals, with_unit ? " " + unit_ : "");
}

void ProgressPrinter::begin(std::string_view step, std::int64_t total, std::string_view unit) {
  const std::lock_guard lock(mutex_);
  finish();
  running_ = true;
  shown_ = false;
  step_ = step;
  unit_ = unit;
  total_ = total;
  done_ = 0;
  start_s_ = clock_();
  next_s_ = start_s_ + kQuiet_s;
}

void ProgressPrinter::advance(std::int64_t units) {
  const std::lock_guard lock(mutex_);
  done_ += units;
  const double now = clock_();
  if (!running_ || now < next_s_ || done_ == total_) return;
  next_s_ = now + (terminal_ ? kTerminalInterval_s : kPlainInterval_s);
  shown_ = true;
  const double elapsed = now - start_s_;
  const double rate = static_cast<double>(done_) / elapsed;
  std::string line =
      fmt::format("{}: {}", step_, quantity(static_cast<double>(done_), total_ <= 0));
  if (total_ > 0) {
    line +=
        fmt::format(" of {} ({} %)", quantity(static_cast<double>(total_)), 100 * done_ / total_);
  }
  line += fmt::format(", {}/s", quantity(rate));
  if (total_ > done_ && rate > 0) {
    line += fmt::format(", {} left", duration_text(static_cast<double>(total_ - done_) / rate));
  }
  if (terminal_) {
    out_ << kRewrite << line << std::flush;
  } else {
    out_ << line << std::endl;
  }
}

void ProgressPrinter::end() {
  const std::lock_guard lock(mutex_);
  finish();
}

void ProgressPrinter::finish() {
  if (!std::exchange(running_, false)) return;
  const double elapsed = clock_() - start_s_;
  if (elapsed < kQuiet_s) return;
  if (shown_ && terminal_) out_ << kRewrite;
  out_ << fmt::format("{}: {} in {} ({}/s)", step_, quantity(static_cast<double>(done_)),
                      duration_text(elapsed), quantity(static_cast<double>(done_) / elapsed))
       << std::endl;
}

}  // namespace shiftwise::report
