// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/parallel.h"

namespace shiftwise::cli {
namespace {

using report::Column;

/// Multiply-adds per second; nothing for what multiplies nothing.
report::Value rate(double macs, double seconds) {
  return macs > 0 ? report::real(macs / seconds * 1e-9, 1) : report::none();
}

report::Value share(double macs, double seconds, double peak) {
  return macs > 0 ? report::percent(macs / seconds / peak) : report::none();
}

/// What one thread reaches at most: never below what a step achieves.
double peak(const cpu::Profile& profile) {
  double result = profile.peak;
  for (const cpu::StepProfile& step : profile.steps) {
    result = std::max(result, static_cast<double>(step.macs) / step.seconds);
  }
  return result;
}

}  // namespace

void add_batches(report::Report& report, const std::vector<BatchTimes>& batches,
                 const cpu::Profile& profile) {
  double macs = 0;
  for (const cpu::StepProfile& step : profile.steps) macs += static_cast<double>(step.macs);
  const double limit = peak(profile);
  std::vector<report::Row> rows;
  for (const BatchTimes& batch : batches) {
    const auto ms = [&](double seconds) { return report::real(seconds / batch.images * 1e3, 3); };
    const double best = batch.seconds.front() / batch.images;
    rows.push_back({report::count(batch.images), ms(batch.seconds.front()),
                    ms(batch.seconds[batch.seconds.size() / 2]), ms(batch.seconds.back()),
                    report::real(1 / best, 0), rate(macs, best),
                    share(macs, best, limit * core::thread_limit())});
  }
  report.fact("peak_gmacs", "peak",
              {limit * 1e-9, fmt::format("{:.0f} GMAC/s and thread, on registers", limit * 1e-9)});
  report.table("batches", "",
               {{"images", "images at once"},
                {"best_ms", "best ms/image"},
                {"median_ms", "median"},
                {"worst_ms", "worst"},
                {"images_per_second", "images/s"},
                {"gmacs", "GMAC/s"},
                {"share_of_peak", "of peak"}},
               std::move(rows));
}

void add_steps(report::Report& report, const cpu::Profile& profile, int images) {
  const double limit = peak(profile);
  std::vector<report::Row> rows;
  for (const cpu::StepProfile& step : profile.steps) {
    const auto macs = static_cast<double>(step.macs);
    rows.push_back({report::text(step.name), report::count(step.macs),
                    report::real(step.seconds * 1e6, 1), rate(macs, step.seconds),
                    share(macs, step.seconds, limit)});
  }
  report.table("steps", fmt::format("one thread, {} at once, the best of each", images),
               {{"name", "step", Column::Align::kLeft},
                {"macs", "multiply-adds"},
                {"us", "us/image"},
                {"gmacs", "GMAC/s"},
                {"share_of_peak", "of peak"}},
               std::move(rows));
}

}  // namespace shiftwise::cli
