// SPDX-License-Identifier: Apache-2.0
#include "sim/array.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "sim/fail.h"
#include "sim/machine.h"

namespace shiftwise::sim {

Checks parse_checks(const std::string& name) {
  if (name == "none") return Checks::kNone;
  if (name == "default") return Checks::kDefault;
  if (name == "full") return Checks::kFull;
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no check level '{}'", name),
                     .hint = "none, default or full"});
}

void Result::require_complete() const {
  if (outcome == Outcome::kComplete) return;
  const bool stuck = outcome == Outcome::kDeadlock;
  std::string why;
  for (const Wait& wait : waits) {
    why += fmt::format("{}{} {}{}", why.empty() ? "" : "\n         ", wait.who, wait.what,
                       wait.where.empty() ? "" : fmt::format(" ({})", wait.where));
  }
  std::string hint;
  for (const std::string& who : circle) hint += (hint.empty() ? "" : " -> ") + who;
  if (!circle.empty()) hint = "a circle: " + hint + " -> " + circle.front();
  throw core::Error(
      {.what = stuck ? fmt::format("the design stops for ever after {} cycles", statistics.cycles)
                     : fmt::format("the design had not ended after {} cycles", statistics.cycles),
       .why = why,
       .hint = hint});
}

struct Array::State {
  dialect::Program program;
  std::shared_ptr<KernelSource> kernels;
  Options options;
  std::vector<target::Device> devices;  ///< one for each of the program's
  std::unique_ptr<Machine> machine;     ///< of the device that is loaded
  std::size_t loaded = 0;
  std::size_t memory = 0;
  Cycles now = 0;  ///< where the clock stood when another device was loaded

  struct Found {
    std::size_t device = 0;
    const dialect::Sequence* sequence = nullptr;
  };

  std::vector<std::string> sequence_names() const;
  Found find(const std::string& name) const;
  Found find(const std::string& device, const std::string& sequence,
             const dialect::Location& where) const;
  Machine& load(std::size_t device);
  Result run(const Found& found, std::span<const std::span<std::byte>> arguments, int depth);
  Result run_others(const dialect::Sequence& script,
                    std::span<const std::span<std::byte>> arguments, int depth);
};

namespace {

bool runs_others(const dialect::Sequence& sequence) {
  return std::ranges::any_of(sequence.operations, [](const dialect::HostOperation& operation) {
    return std::holds_alternative<dialect::RunSequence>(operation.what);
  });
}

std::string full_name(const dialect::DeviceProgram& device, const dialect::Sequence& sequence) {
  return device.name.empty() ? sequence.name : device.name + "::" + sequence.name;
}

/// Adds what a later run took.
void append(Statistics& to, const Statistics& more) {
  to.cycles += more.cycles;
  to.clock_hz = more.clock_hz;
  to.events += more.events;
  to.controller_operations += more.controller_operations;
  to.controller_busy += more.controller_busy;
  const auto add = [](auto& list, const auto& others) {
    list.insert(list.end(), others.begin(), others.end());
  };
  add(to.cores, more.cores);
  add(to.channels, more.channels);
  add(to.streams, more.streams);
  add(to.pools, more.pools);
  add(to.locks, more.locks);
  add(to.kernels, more.kernels);
  add(to.outputs, more.outputs);
  // One path behind the other is a path; what is on both of them is one part of it.
  for (const PathPart& part : more.path) {
    const auto same = std::ranges::find_if(to.path, [&](const PathPart& other) {
      return other.kind == part.kind && other.who == part.who;
    });
    same == to.path.end() ? to.path.push_back(part) : void(same->cycles += part.cycles);
  }
  std::ranges::stable_sort(to.path, std::greater{}, &PathPart::cycles);
  to.path_transfers += more.path_transfers;
  for (const PathWait& wait : more.path_waits) {
    const auto same = std::ranges::find(to.path_waits, wait.lock, &PathWait::lock);
    same == to.path_waits.end() ? to.path_waits.push_back(wait) : void(same->times += wait.times);
  }
  std::ranges::stable_sort(to.path_waits, std::greater{}, &PathWait::times);
}

}  // namespace

/// As they are called: with their device where the name alone is not enough.
std::vector<std::string> Array::State::sequence_names() const {
  std::map<std::string, int> uses;
  for (const dialect::DeviceProgram& device : program.devices) {
    for (const dialect::Sequence& sequence : device.sequences) ++uses[sequence.name];
  }
  std::vector<std::string> names;
  for (const dialect::DeviceProgram& device : program.devices) {
    for (const dialect::Sequence& sequence : device.sequences) {
      const bool enough = uses[sequence.name] == 1;
      names.push_back(enough ? sequence.name : full_name(device, sequence));
    }
  }
  return names;
}

Array::State::Found Array::State::find(const std::string& name) const {
  std::vector<Found> found;
  std::vector<Found> scripts;
  for (std::size_t i = 0; i < program.devices.size(); ++i) {
    for (const dialect::Sequence& sequence : program.devices[i].sequences) {
      if (!name.empty() && name != sequence.name &&
          name != full_name(program.devices[i], sequence)) {
        continue;
      }
      found.push_back({i, &sequence});
      if (runs_others(sequence)) scripts.push_back({i, &sequence});
    }
  }
  if (found.empty() && name.empty()) return {};  // let the cores run
  // Of several, the one that runs the others is meant.
  if (found.size() > 1 && scripts.size() == 1) found = scripts;
  if (found.size() == 1) return found.front();
  const std::vector<std::string> names = sequence_names();
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = found.empty() ? fmt::format("there is no sequence '{}'", name)
                                           : fmt::format("there are {} sequences", found.size()),
                     .where = program.file,
                     .hint = found.empty()
                                 ? core::suggest(name, names)
                                 : fmt::format("name one: {}", core::suggest("", names))});
}

Array::State::Found Array::State::find(const std::string& device, const std::string& sequence,
                                       const dialect::Location& where) const {
  for (std::size_t i = 0; i < program.devices.size(); ++i) {
    if (program.devices[i].name != device) continue;
    for (const dialect::Sequence& each : program.devices[i].sequences) {
      if (each.name == sequence) return {i, &each};
    }
  }
  fail(fmt::format("there is no sequence '{}' of device '{}'", sequence, device), where, {},
       core::suggest(device + "::" + sequence, sequence_names()));
}

Machine& Array::State::load(std::size_t device) {
  if (machine == nullptr || loaded != device) {
    if (machine != nullptr) now = machine->now();
    machine = nullptr;
    machine = std::make_unique<Machine>(program.devices[device], devices[device], options,
                                        kernels.get(), now);
    loaded = device;
  }
  return *machine;
}

Result Array::State::run_others(const dialect::Sequence& script,
                                std::span<const std::span<std::byte>> arguments, int depth) {
  constexpr int kDeepest = 8;
  if (depth == kDeepest) {
    fail(fmt::format("sequence '{}' runs others too deeply", script.name), script.location, {});
  }
  Result total;
  for (const dialect::HostOperation& operation : script.operations) {
    const auto* other = std::get_if<dialect::RunSequence>(&operation.what);
    if (other == nullptr) {
      fail(fmt::format("sequence '{}' runs others and does something else", script.name),
           operation.location, {}, "put the rest into a sequence of its own");
    }
    std::vector<std::span<std::byte>> handed;
    for (const dialect::Index index : other->arguments) {
      handed.push_back(arguments[static_cast<std::size_t>(index)]);
    }
    Result part = run(find(other->device, other->sequence, operation.location), handed, depth + 1);
    append(total.statistics, part.statistics);
    total.notes.insert(total.notes.end(), part.notes.begin(), part.notes.end());
    total.outcome = part.outcome;
    total.waits = std::move(part.waits);
    total.circle = std::move(part.circle);
    if (total.outcome != Outcome::kComplete) break;
  }
  return total;
}

Result Array::State::run(const Found& found, std::span<const std::span<std::byte>> arguments,
                         int depth) {
  if (found.sequence != nullptr && runs_others(*found.sequence)) {
    return run_others(*found.sequence, arguments, depth);
  }
  return load(found.device).run(found.sequence, arguments);
}

Array::Array(dialect::Program program, std::shared_ptr<KernelSource> kernels, Options options)
    : state_(std::make_unique<State>()) {
  state_->program = std::move(program);
  state_->kernels = std::move(kernels);
  state_->options = std::move(options);
  if (state_->program.devices.empty()) {
    fail("there is nothing to run", state_->program.file, "the module has no aie.device");
  }
  for (const dialect::DeviceProgram& device : state_->program.devices) {
    state_->devices.push_back(state_->options.device ? *state_->options.device
                                                     : target::find_device(device.device));
    for (const auto& [name, value] : state_->options.facts) {
      target::set_fact(state_->devices.back(), name, value);
    }
  }
  if (state_->program.devices.size() == 1) state_->load(0);
}

Array::~Array() = default;
Array::Array(Array&&) noexcept = default;
Array& Array::operator=(Array&&) noexcept = default;

Result Array::run(const std::string& sequence, std::span<const std::span<std::byte>> arguments) {
  const State::Found found = state_->find(sequence);
  try {
    Result result = state_->run(found, arguments, 0);
    if (result.outcome != Outcome::kComplete) state_->machine = nullptr;
    return result;
  } catch (...) {
    state_->machine = nullptr;
    throw;
  }
}

std::vector<dialect::MemrefType> Array::arguments(const std::string& sequence) const {
  const State::Found found = state_->find(sequence);
  if (found.sequence == nullptr) return {};
  return found.sequence->arguments;
}

std::size_t Array::memory_bytes() const {
  return state_->machine == nullptr ? 0 : state_->machine->memory_bytes();
}

const dialect::Program& Array::program() const { return state_->program; }

}  // namespace shiftwise::sim
