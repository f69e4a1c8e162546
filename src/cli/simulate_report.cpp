// SPDX-License-Identifier: Apache-2.0
#ifdef SHIFTWISE_NPU
#include "cli/simulate_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/bottleneck.h"
#include "sim/pace.h"
#include "target/device.h"

namespace shiftwise::cli {
namespace {

using report::Column;
using report::Row;
using Align = report::Column::Align;

report::Value share(sim::Cycles part, sim::Cycles whole) {
  if (whole <= 0) return report::none();
  return report::percent(static_cast<double>(part) / static_cast<double>(whole));
}

report::Value largest_cause(const std::vector<sim::Stall>& stalls) {
  return report::optional_text(stalls.empty() ? "" : stalls.front().cause);
}

report::Value largest_stall(const std::vector<sim::Stall>& stalls, sim::Cycles whole) {
  return stalls.empty() ? report::none() : share(stalls.front().cycles, whole);
}

void add_cores(report::Report& report, const sim::Statistics& run) {
  std::vector<Row> rows;
  for (const sim::CoreStatistics& core : run.cores) {
    rows.push_back({report::text(target::to_string(core.tile)), report::count(core.calls),
                    report::count(core.kernels), report::count(core.own),
                    share(core.kernels + core.own, run.cycles),
                    largest_stall(core.stalls, run.cycles), largest_cause(core.stalls),
                    report::optional_text(core.kernel)});
  }
  report.table("cores", "cores",
               {{"tile", "tile", Align::kLeft},
                {"calls", "kernel calls"},
                {"kernel_cycles", "in kernels"},
                {"own_cycles", "own code"},
                {"busy", "busy"},
                {"wait", "waits"},
                {"wait_cause", "mostly for", Align::kLeft},
                {"kernel", "mostly in", Align::kLeft}},
               std::move(rows));
}

void add_stalls(report::Report& report, const sim::Statistics& run) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& who, const std::vector<sim::Stall>& stalls) {
    for (const sim::Stall& stall : stalls) {
      rows.push_back({report::text(who), report::text(stall.cause), report::count(stall.cycles),
                      share(stall.cycles, run.cycles)});
    }
  };
  for (const sim::CoreStatistics& core : run.cores) {
    add("core " + target::to_string(core.tile), core.stalls);
  }
  for (const sim::ChannelStatistics& channel : run.channels) {
    add(target::to_string(channel.channel), channel.stalls);
  }
  report.table("stalls", "who stood still, and for what",
               {{"who", "who", Align::kLeft},
                {"cause", "cause", Align::kLeft},
                {"cycles", "cycles"},
                {"share", "share"}},
               std::move(rows));
}

void add_bottleneck(report::Report& report, const sim::Statistics& run) {
  const auto bottleneck = sim::bottleneck(run);
  if (!bottleneck) return;
  const std::string kind = sim::to_string(bottleneck->kind);
  const std::string who = bottleneck->who.empty() ? kind : bottleneck->who;
  report.fact("bottleneck", "what binds", report::text(who));
  report.fact("bottleneck_kind", "which is", report::text(kind));
  report.fact("bottleneck_why", "because", report::text(bottleneck->why));
}

void add_path(report::Report& report, const sim::Statistics& run) {
  std::vector<Row> parts;
  sim::Cycles whole = 0;
  for (const sim::PathPart& part : run.path) whole += part.cycles;
  for (const sim::PathPart& part : run.path) {
    parts.push_back({report::text(part.who), report::text(sim::to_string(part.kind)),
                     report::count(part.cycles), share(part.cycles, whole)});
  }
  report.table("path", "critical path",
               {{"who", "who", Align::kLeft},
                {"kind", "with", Align::kLeft},
                {"cycles", "cycles"},
                {"share", "share"}},
               std::move(parts));
  std::vector<Row> waits;
  for (const sim::PathWait& wait : run.path_waits) {
    waits.push_back({report::text(wait.lock), report::optional_text(wait.fifo),
                     report::integer(wait.depth), report::text(wait.room ? "room" : "data"),
                     report::count(wait.times),
                     report::text(fmt::format("{}", fmt::join(wait.givers, ", ")))});
  }
  report.table("path_waits", "waits on the critical path",
               {{"lock", "lock", Align::kLeft},
                {"fifo", "object FIFO", Align::kLeft},
                {"depth", "depth"},
                {"for", "for", Align::kLeft},
                {"times", "times"},
                {"givers", "given by", Align::kLeft}},
               std::move(waits));
}

void add_kernels(report::Report& report, const sim::Statistics& run) {
  std::vector<Row> rows;
  std::vector<std::string> assumed;
  bool analysis = false;
  for (const sim::KernelStatistics& kernel : run.kernels) {
    if (kernel.calls == 0) continue;
    rows.push_back({report::text(kernel.symbol), report::count(kernel.calls),
                    report::count(kernel.cycles), report::yes_no(!kernel.assumed),
                    kernel.assumed ? report::text("guess") : report::optional_text(kernel.basis)});
    if (kernel.assumed) assumed.push_back(kernel.symbol);
    analysis = analysis || kernel.basis == "analysis";
  }
  report.table("kernels", "kernels",
               {{"symbol", "kernel", Align::kLeft},
                {"calls", "calls"},
                {"cycles", "cycles"},
                {"known", "cost known", Align::kLeft},
                {"basis", "from", Align::kLeft}},
               std::move(rows));
  if (!assumed.empty()) {
    report.warning(
        fmt::format("no cost is known for {}: each call was taken to last {} cycles, "
                    "so the times above are no estimate of the real ones; --cost FILE gives it",
                    fmt::join(assumed, ", "), sim::kAssumedKernelCycles));
  }
  if (analysis) {
    report.note("costs from an analysis of the kernels' loops were never measured on silicon");
  }
}

void add_channels(report::Report& report, const sim::Statistics& run) {
  std::vector<Row> rows;
  for (const sim::ChannelStatistics& channel : run.channels) {
    rows.push_back({report::text(target::to_string(channel.channel)),
                    report::optional_text(channel.fifo), report::count(channel.descriptors),
                    report::count(channel.words), share(channel.moving, run.cycles),
                    largest_stall(channel.stalls, run.cycles), largest_cause(channel.stalls)});
  }
  report.table("channels", "DMA channels",
               {{"channel", "channel", Align::kLeft},
                {"fifo", "object FIFO", Align::kLeft},
                {"descriptors", "descriptors"},
                {"words", "words"},
                {"moving", "moving"},
                {"wait", "waits"},
                {"wait_cause", "mostly for", Align::kLeft}},
               std::move(rows));
}

void add_fifos(report::Report& report, const sim::Statistics& run) {
  std::vector<Row> streams;
  for (const sim::StreamStatistics& stream : run.streams) {
    streams.push_back({report::text(stream.name), report::count(stream.words),
                       share(stream.busy, run.cycles), report::count(stream.high_water),
                       report::count(stream.capacity)});
  }
  report.table("streams", "streams",
               {{"name", "stream", Align::kLeft},
                {"words", "words"},
                {"busy", "busy"},
                {"high_water", "most under way"},
                {"capacity", "room"}},
               std::move(streams));
  std::vector<Row> pools;
  for (const sim::PoolStatistics& pool : run.pools) {
    pools.push_back({report::text(pool.fifo), report::text(target::to_string(pool.tile)),
                     report::integer(pool.depth), report::integer(pool.high_water),
                     report::real(pool.average_full, 2), report::real(pool.average_empty, 2)});
  }
  report.table("pools", "objects of FIFOs",
               {{"fifo", "object FIFO", Align::kLeft},
                {"tile", "tile", Align::kLeft},
                {"depth", "depth"},
                {"high_water", "most full"},
                {"average_full", "full on average"},
                {"average_empty", "empty on average"}},
               std::move(pools));
  std::vector<Row> locks;
  for (const sim::LockStatistics& lock : run.locks) {
    locks.push_back({report::text(lock.lock), report::text(target::to_string(lock.tile)),
                     report::real(lock.average, 2), report::integer(lock.high_water),
                     report::integer(lock.last), report::count(lock.waits)});
  }
  report.table("locks", "locks",
               {{"lock", "lock", Align::kLeft},
                {"tile", "tile", Align::kLeft},
                {"average", "on average"},
                {"high_water", "at most"},
                {"last", "at the end"},
                {"waits", "waits"}},
               std::move(locks));
}

void add_waits(report::Report& report, const sim::Result& result) {
  if (result.outcome == sim::Outcome::kComplete) return;
  std::vector<Row> rows;
  for (const sim::Wait& wait : result.waits) {
    rows.push_back(
        {report::text(wait.who), report::text(wait.what), report::optional_text(wait.where)});
  }
  report.table("waits", "who waits for what",
               {{"who", "who", Align::kLeft},
                {"what", "what", Align::kLeft},
                {"where", "where", Align::kLeft}},
               std::move(rows));
  report.data("circle", result.circle);
}

void add_pace(report::Report& report, const sim::Statistics& run, int images) {
  const auto pace = sim::pace(run, images);
  if (!pace) return;
  report.fact("latency_cycles", "first image after",
              {pace->latency, fmt::format("{} cycles", pace->latency)});
  if (images == 1) return;
  report.fact("interval_cycles", "between images",
              {pace->interval, fmt::format("{:.0f} cycles, {:.3f} ms", pace->interval,
                                           pace->interval / run.clock_hz * 1e3)});
}

std::string outcome_name(sim::Outcome outcome) {
  switch (outcome) {
    case sim::Outcome::kComplete:
      return "complete";
    case sim::Outcome::kDeadlock:
      return "deadlock";
    case sim::Outcome::kCycleLimit:
      break;
  }
  return "cycle limit";
}

}  // namespace

void add_run(report::Report& report, const sim::Result& result, int images, bool everything) {
  const sim::Statistics& run = result.statistics;
  report.fact("outcome", "outcome", report::text(outcome_name(result.outcome)));
  report.fact("cycles", "cycles", report::count(run.cycles));
  report.fact("clock_hz", "clock", {run.clock_hz, fmt::format("{:.2f} GHz", run.clock_hz * 1e-9)});
  report.fact("ms", "time at that clock",
              {run.seconds() * 1e3, fmt::format("{:.3f} ms", run.seconds() * 1e3)});
  add_pace(report, run, images);
  const auto slowest = std::ranges::max_element(
      run.cores, {}, [](const auto& core) { return core.kernels + core.own; });
  if (slowest != run.cores.end()) {
    report.fact("busiest_core", "busiest core", report::text(target::to_string(slowest->tile)));
  }
  add_bottleneck(report, run);
  report.fact("controller_operations", "host operations", report::count(run.controller_operations));
  report.fact("events", "events simulated", report::count(run.events));
  add_waits(report, result);
  add_cores(report, run);
  add_kernels(report, run);
  if (everything) {
    if (!run.path.empty()) add_path(report, run);
    add_stalls(report, run);
    add_channels(report, run);
    add_fifos(report, run);
  }
  for (const std::string& note : result.notes) report.note(note);
}

}  // namespace shiftwise::cli
#endif
