// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

constexpr const char* kReach =
    "a core reaches its own memory and that of its northern, southern and western neighbour";

std::string where(const CoreProgram& core, const Instruction& instruction) {
  const std::string name = "core of tile " + target::to_string(core.tile);
  return instruction.location == kNone
             ? at(core.location, name)
             : at(core.locations[static_cast<std::size_t>(instruction.location)], name);
}

void verify_reach(const CoreProgram& core, const DeviceProgram& program,
                  const target::Device& device) {
  for (const Instruction& instruction : core.code) {
    const auto index = static_cast<std::size_t>(instruction.immediate);
    if (instruction.opcode == Opcode::kBuffer) {
      const Buffer& buffer = program.buffers[index];
      if (!device.core_reaches(core.tile, buffer.tile)) {
        refuse_unfit(where(core, instruction),
                     fmt::format("it touches buffer '{}' of {}", buffer.name,
                                 target::describe(device, buffer.tile)),
                     kReach);
      }
    }
    if (instruction.opcode == Opcode::kAcquire || instruction.opcode == Opcode::kRelease) {
      const Lock& lock = program.locks[index];
      if (!device.core_reaches(core.tile, lock.tile)) {
        refuse_unfit(
            where(core, instruction),
            fmt::format("it uses lock '{}' of {}", lock.name, target::describe(device, lock.tile)),
            kReach);
      }
      if (instruction.a == kNone && (instruction.b < 0 || instruction.b > device.lock_max)) {
        refuse_unfit(where(core, instruction),
                     fmt::format("it moves lock '{}' by {}", lock.name, instruction.b),
                     fmt::format("locks count from 0 to {}", device.lock_max));
      }
    }
  }
}

/// Gives back more than any way to the release can have taken: an error for certain. What
/// depends on the way is left to the run.
void verify_releases(const CoreProgram& core, Index port, const DeviceProgram& program) {
  // The most objects that any way to an instruction can hold there; kNone: nothing gets there.
  std::vector<Index> most(core.code.size(), kNone);
  most.front() = 0;
  std::vector<std::size_t> open{0};
  const auto go = [&](std::size_t place, Index held) {
    if (place >= most.size() || most[place] >= held) return;
    most[place] = held;
    open.push_back(place);
  };
  while (!open.empty()) {
    const std::size_t place = open.back();
    open.pop_back();
    const Instruction& instruction = core.code[place];
    Index after = most[place];
    if (instruction.immediate == port && instruction.opcode == Opcode::kFifoAcquire) {
      after = std::max(after, instruction.b);
    } else if (instruction.immediate == port && instruction.opcode == Opcode::kFifoRelease) {
      after = std::max(0, after - instruction.b);
    }
    switch (instruction.opcode) {
      case Opcode::kHalt:
        break;
      case Opcode::kJumpUnless:
        go(place + 1, after);
        [[fallthrough]];
      case Opcode::kJump:
        go(static_cast<std::size_t>(instruction.immediate), after);
        break;
      default:
        go(place + 1, after);
    }
  }
  for (std::size_t place = 0; place < core.code.size(); ++place) {
    const Instruction& instruction = core.code[place];
    if (instruction.opcode != Opcode::kFifoRelease || instruction.immediate != port) continue;
    if (most[place] != kNone && instruction.b > most[place]) {
      const FifoPort& end = program.ports[static_cast<std::size_t>(port)];
      refuse_invalid(where(core, instruction),
                     fmt::format("it releases {} objects of '{}' ({}) and holds {}", instruction.b,
                                 end.fifo, end.produce ? "Produce" : "Consume", most[place]),
                     "acquire before releasing, on every way to the release");
    }
  }
}

}  // namespace

void verify_cores(const DeviceProgram& program, const target::Device& device) {
  for (const CoreProgram& core : program.cores) verify_reach(core, program, device);
  for (std::size_t port = 0; port < program.ports.size(); ++port) {
    const auto core = static_cast<std::size_t>(program.ports[port].core);
    verify_releases(program.cores[core], static_cast<Index>(port), program);
  }
}

}  // namespace shiftwise::dialect
