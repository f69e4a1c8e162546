// SPDX-License-Identifier: Apache-2.0
// A simulated array: executes a design, tile by tile, and says how long it took. Deterministic:
// the same design and the same bytes give the same bytes, cycles and messages.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dialect/program.h"
#include "sim/kernels.h"
#include "sim/observer.h"
#include "sim/statistics.h"
#include "target/device.h"
#include "target/facts.h"

namespace shiftwise::sim {

/// docs/tools/simulate.md says what each level costs and finds.
enum class Checks {
  kNone,     ///< bounds only
  kDefault,  ///< and red zones, buffers not held, races, reads of what was never written
  kFull,     ///< and each access of kernels that were built with access checks
};

/// "none", "default" or "full".
Checks parse_checks(const std::string& name);

struct Options {
  Checks checks = Checks::kDefault;
  Cycles cycle_limit = 20'000'000'000;  ///< of one run
  /// The machine; empty: the one that the design names.
  std::optional<target::Device> device = {};
  target::Facts facts = {};          ///< other values for some of its numbers
  const KernelCost* cost = nullptr;  ///< borrowed; null: kAssumedKernelCycles each
  Observer* observer = nullptr;      ///< borrowed; may be null
  bool explain = false;              ///< find the critical path; costs time, changes nothing
};

enum class Outcome { kComplete, kDeadlock, kCycleLimit };

/// Somebody who cannot go on.
struct Wait {
  std::string who = {};    ///< "core (0, 2)", "S2MM 0 of tile (0, 1)", "host sequence"
  std::string what = {};   ///< "waits for lock 'x' to be at least 1; it is 0"
  std::string where = {};  ///< in the text
  friend bool operator==(const Wait&, const Wait&) = default;
};

struct Result {
  Outcome outcome = Outcome::kComplete;
  Statistics statistics;
  /// At a deadlock or the limit: who waits for what. Else empty.
  std::vector<Wait> waits;
  /// Cores and channels that wait for one another, in order; empty where there is no cycle.
  std::vector<std::string> circle;
  std::vector<std::string> notes;

  /// Throws Error with the waits unless the sequence was completed.
  void require_complete() const;
};

class Array {
 public:
  /// `kernels` is where cores find their functions; it may be null for designs that call none.
  /// Throws Error for what the device cannot do and for kernels that are not there.
  Array(dialect::Program program, std::shared_ptr<KernelSource> kernels, Options options = {});
  ~Array();
  Array(Array&&) noexcept;
  Array& operator=(Array&&) noexcept;

  /// Runs a sequence: "name", "device::name", or empty for the only one (or that of the
  /// device @main). One span per argument of the sequence, each at least as long as its
  /// type; what the design writes is in them afterwards. Memories, locks and cores keep their
  /// state from one run to the next. A design without sequences runs until nothing moves.
  /// Throws Error where a check fails, naming tile, buffer and operation; the device is then
  /// loaded anew by the next run.
  Result run(const std::string& sequence, std::span<const std::span<std::byte>> arguments);

  /// What the sequence of that name takes, in order.
  std::vector<dialect::MemrefType> arguments(const std::string& sequence) const;

  /// Bytes of simulated memory.
  std::size_t memory_bytes() const;

  const dialect::Program& program() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shiftwise::sim
