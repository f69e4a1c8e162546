// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/core_code.h"

#include <algorithm>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// Instructions of one core. Functions are written out at every call, which a hostile text
/// can multiply; a core's program memory holds far fewer.
constexpr std::size_t kMostInstructions = 1 << 18;

bool jumps(const Instruction& instruction) {
  return instruction.opcode == Opcode::kJump || instruction.opcode == Opcode::kJumpUnless;
}

}  // namespace

Index CoreCode::constant(std::int64_t value) {
  const auto [entry, added] = constants_.try_emplace(value, kNone);
  if (added) entry->second = new_register();
  return entry->second;
}

Index CoreCode::buffer(Index buffer, const MemrefType& memref) {
  const auto [entry, added] = buffers_.try_emplace({buffer, type(memref)}, kNone);
  if (added) entry->second = new_view();
  return entry->second;
}

Index CoreCode::type(const MemrefType& type) {
  const auto found = std::find(program_.types.begin(), program_.types.end(), type);
  if (found != program_.types.end()) return static_cast<Index>(found - program_.types.begin());
  program_.types.push_back(type);
  return static_cast<Index>(program_.types.size()) - 1;
}

void CoreCode::set_location(const Location& location) {
  const auto [entry, added] =
      locations_.try_emplace(location, static_cast<Index>(program_.locations.size()));
  if (added) program_.locations.push_back(location);
  location_ = entry->second;
}

Index CoreCode::emit(Instruction instruction) {
  if (program_.code.size() >= kMostInstructions) {
    refuse_unfit(at(program_.location, "aie.core"), "its code is longer than any program memory",
                 "let it call functions in loops");
  }
  instruction.location = location_;
  program_.code.push_back(instruction);
  return here() - 1;
}

Index CoreCode::emit(Instruction instruction, std::span<const Index> operands) {
  instruction.operands = static_cast<Index>(program_.operands.size());
  instruction.operand_count = static_cast<Index>(operands.size());
  program_.operands.insert(program_.operands.end(), operands.begin(), operands.end());
  return emit(instruction);
}

void CoreCode::land(Index jump, Index target) {
  program_.code[static_cast<std::size_t>(jump)].immediate = target;
}

void CoreCode::finish() {
  std::vector<Instruction> start;
  for (const auto& [value, target] : constants_) {
    start.push_back({.opcode = Opcode::kConstant, .dst = target, .immediate = value});
  }
  for (const auto& [key, view] : buffers_) {
    start.push_back(
        {.opcode = Opcode::kBuffer, .dst = view, .b = key.second, .immediate = key.first});
  }
  for (Instruction& instruction : program_.code) {
    if (jumps(instruction)) instruction.immediate += static_cast<std::int64_t>(start.size());
  }
  program_.code.insert(program_.code.begin(), start.begin(), start.end());
}

bool CoreCode::ends() const {
  std::vector<bool> reached(program_.code.size(), false);
  std::vector<std::size_t> open{0};
  while (!open.empty()) {
    const std::size_t place = open.back();
    open.pop_back();
    if (place >= reached.size() || reached[place]) continue;
    reached[place] = true;
    const Instruction& instruction = program_.code[place];
    if (instruction.opcode == Opcode::kHalt) return true;
    if (jumps(instruction)) open.push_back(static_cast<std::size_t>(instruction.immediate));
    if (instruction.opcode != Opcode::kJump) open.push_back(place + 1);
  }
  return false;
}

}  // namespace shiftwise::dialect
