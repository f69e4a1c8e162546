// SPDX-License-Identifier: Apache-2.0
#include "sim/bottleneck.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "target/device.h"

namespace shiftwise::sim {
namespace {

using Kind = Bottleneck::Kind;

/// A part that fills so much of the critical path is the reason for the run's time.
constexpr double kAlone = 0.75;
/// A core or stream that works so much of the run is its reason, whoever else is equally busy.
constexpr double kBusy = 0.85;
/// A lock is part of the rhythm where it has this share of the waits of the most waited for.
constexpr std::int64_t kOften = 2;
/// A sequence that waits for transfers sets the rhythm where it has this share of the waits for
/// the lock that would: each of its waits costs much more.
constexpr std::int64_t kSeldom = 4;

double share(Cycles part, Cycles whole) {
  return whole <= 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Kind kind_of(PathPart::Kind kind) {
  switch (kind) {
    case PathPart::Kind::kKernels:
      return Kind::kKernels;
    case PathPart::Kind::kOwnCode:
      return Kind::kOwnCode;
    case PathPart::Kind::kDescriptors:
      return Kind::kDescriptors;
    case PathPart::Kind::kStream:
      return Kind::kStream;
    case PathPart::Kind::kHostReads:
    case PathPart::Kind::kHostWrites:
      return Kind::kHostMemory;
    case PathPart::Kind::kController:
      break;
  }
  return Kind::kController;
}

const CoreStatistics* find_core(const Statistics& run, const std::string& who) {
  for (const CoreStatistics& core : run.cores) {
    if ("core " + target::to_string(core.tile) == who) return &core;
  }
  return nullptr;
}

/// "'conv'", and whether that is known to take so long.
std::string kernel_of(const CoreStatistics* core) {
  if (core == nullptr || core->kernel.empty()) return "a kernel";
  const std::string& symbol = core->kernel;
  return fmt::format("'{}'{}", symbol, core->assumed ? " (whose cost is not known)" : "");
}

std::string reason(const Statistics& run, const PathPart& part) {
  switch (part.kind) {
    case PathPart::Kind::kKernels:
      return fmt::format("its kernels take the time, most of it {}",
                         kernel_of(find_core(run, part.who)));
    case PathPart::Kind::kOwnCode:
      return "its own code takes the time: loops, loads, stores, calls and lock requests";
    case PathPart::Kind::kDescriptors:
      return "starting tasks and changing descriptors takes the time";
    case PathPart::Kind::kStream:
      return "it carries as many words a cycle as a stream can";
    case PathPart::Kind::kHostReads:
      return "reads from it take the time";
    case PathPart::Kind::kHostWrites:
      return "writes to it take the time";
    case PathPart::Kind::kController:
      break;
  }
  return "its operations take the time, one after the other";
}

std::string percent(double part) { return fmt::format("{:.0f} %", part * 100); }

/// Where one core, channel, ... has nearly all of the path, in whatever it does.
std::optional<Bottleneck> alone(const Statistics& run, Cycles whole) {
  for (const PathPart& part : run.path) {
    Cycles all = 0;
    for (const PathPart& other : run.path) all += other.who == part.who ? other.cycles : 0;
    if (share(all, whole) < kAlone) continue;
    std::string why = fmt::format("{}: {} of the critical path", reason(run, part),
                                  percent(share(part.cycles, whole)));
    for (const PathPart& other : run.path) {
      if (other.who != part.who || other.kind == part.kind) continue;
      if (share(part.cycles, whole) >= kAlone) continue;
      why += fmt::format("; {} {}", to_string(other.kind), percent(share(other.cycles, whole)));
    }
    return Bottleneck{kind_of(part.kind), part.who, why};
  }
  return std::nullopt;
}

/// The wait that sets the rhythm: for room before anything else, since data that comes late is
/// late for a reason of its own.
const PathWait* rhythm(const Statistics& run) {
  if (run.path_waits.empty()) return nullptr;
  const std::int64_t most = run.path_waits.front().times;
  const PathWait* result = nullptr;
  for (const PathWait& wait : run.path_waits) {
    if (wait.times * kOften < most || wait.times < 2) break;
    const bool better = result == nullptr || (wait.room && !result->room) ||
                        (wait.room == result->room && wait.depth > 0 && wait.depth < result->depth);
    if (better && (wait.room || wait.fifo.empty())) result = &wait;
  }
  return result;
}

std::string parts(const Statistics& run, Cycles whole) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> list;
  for (const PathPart& part : run.path) {
    if (list.size() == kMost) break;
    list.push_back(fmt::format("{} ({}) {}", part.who, to_string(part.kind),
                               percent(share(part.cycles, whole))));
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace

std::string to_string(Kind kind) {
  constexpr const char* kNames[] = {"kernels",     "own code",   "descriptors", "stream",
                                    "host memory", "controller", "transfers",   "objects",
                                    "lock",        "chain"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string to_string(PathPart::Kind kind) {
  if (kind == PathPart::Kind::kHostReads) return "host reads";
  if (kind == PathPart::Kind::kHostWrites) return "host writes";
  return to_string(kind_of(kind));
}

std::optional<Bottleneck> bottleneck(const Statistics& run) {
  if (run.path.empty()) return std::nullopt;
  Cycles whole = 0;
  for (const PathPart& part : run.path) whole += part.cycles;
  if (auto found = alone(run, whole)) return found;

  // Of several that are equally slow, the path goes through one after the other.
  const auto work = [](const CoreStatistics& core) { return core.kernels + core.own; };
  const auto busiest = std::ranges::max_element(run.cores, {}, work);
  if (busiest != run.cores.end() && share(work(*busiest), run.cycles) >= kBusy) {
    const std::string who = "core " + target::to_string(busiest->tile);
    const double kernels = share(busiest->kernels, run.cycles);
    const std::string why = fmt::format(
        "it is in kernels for {} of the run, most of it in {}, and in its own code for {}",
        percent(kernels), kernel_of(&*busiest), percent(share(busiest->own, run.cycles)));
    return Bottleneck{busiest->kernels >= busiest->own ? Kind::kKernels : Kind::kOwnCode, who, why};
  }
  const auto fullest = std::ranges::max_element(run.streams, {}, &StreamStatistics::busy);
  if (fullest != run.streams.end() && share(fullest->busy, run.cycles) >= kBusy) {
    return Bottleneck{Kind::kStream, fmt::format("stream '{}'", fullest->name),
                      fmt::format("it carries as many words as it can for {} of the run",
                                  percent(share(fullest->busy, run.cycles)))};
  }
  const std::string list = parts(run, whole);
  const PathWait* wait = rhythm(run);
  // The last wait is that for the end.
  if (run.path_transfers > 2 && (wait == nullptr || run.path_transfers * kSeldom >= wait->times)) {
    return Bottleneck{Kind::kTransfers, "the host sequence",
                      fmt::format("{} times it waits for a transfer to end before it starts what "
                                  "comes next, and the array runs empty; of the critical path: {}",
                                  run.path_transfers, list)};
  }
  if (wait == nullptr) {
    return Bottleneck{Kind::kChain, {}, "one thing waits for the other: " + list};
  }
  const std::string givers = fmt::format("{}", fmt::join(wait->givers, ", "));
  if (wait->fifo.empty()) {
    return Bottleneck{Kind::kLock, wait->lock,
                      fmt::format("it is waited for {} times until {} gives it; of the critical "
                                  "path: {}",
                                  wait->times, givers, list)};
  }
  return Bottleneck{
      Kind::kObjects, wait->fifo,
      fmt::format("depth {} is too little, or objects are held too long: lock '{}' is waited for "
                  "{} times until {} gives one back; of the critical path: {}",
                  wait->depth, wait->lock, wait->times, givers, list)};
}

}  // namespace shiftwise::sim
