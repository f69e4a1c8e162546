// SPDX-License-Identifier: Apache-2.0
// Progress for people: a line that rewrites itself, or a plain one now and then.
#pragma once

#include <functional>
#include <mutex>
#include <ostream>
#include <string>

#include "core/progress.h"

namespace shiftwise::report {

/// Says nothing about steps that take less than a second. On a terminal one line shows how
/// far the step is, its throughput and when it should end; elsewhere a plain line comes every
/// few seconds. Ends every longer step with one line of what it took.
class ProgressPrinter : public core::Progress {
 public:
  /// `clock` returns seconds since whenever; the default is the steady clock.
  ProgressPrinter(std::ostream& out, bool terminal, std::function<double()> clock = {});
  ~ProgressPrinter() override;

  void begin(std::string_view step, std::int64_t total, std::string_view unit) override;
  void advance(std::int64_t units) override;
  void end() override;

 private:
  std::string quantity(double units, bool with_unit = true) const;
  void finish();

  std::ostream& out_;
  bool terminal_;
  std::function<double()> clock_;

  std::mutex mutex_;
  bool running_ = false;
  bool shown_ = false;
  std::string step_;
  std::string unit_;
  std::int64_t total_ = 0;
  std::int64_t done_ = 0;
  double start_s_ = 0;
  double next_s_ = 0;
};

}  // namespace shiftwise::report
