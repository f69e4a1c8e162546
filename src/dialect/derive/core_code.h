// SPDX-License-Identifier: Apache-2.0
// A core's instruction list while it is written: registers, jumps to places that are not yet
// known, constants that are set once before everything else.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "dialect/program.h"

namespace shiftwise::dialect {

class CoreCode {
 public:
  explicit CoreCode(CoreProgram& program) : program_(program) {}

  Index new_register() { return program_.registers++; }
  Index new_view() { return program_.views++; }
  /// A register that holds `value` from the start.
  Index constant(std::int64_t value);
  /// A view of all of a buffer, made at the start.
  Index buffer(Index buffer, const MemrefType& type);
  Index type(const MemrefType& type);
  /// Messages about what is emitted from now on name this place.
  void set_location(const Location& location);

  /// Returns where the instruction stands.
  Index emit(Instruction instruction);
  Index emit(Instruction instruction, std::span<const Index> operands);
  Index here() const { return static_cast<Index>(program_.code.size()); }
  /// A jump whose target is given later, by `land`.
  Index jump() { return emit({.opcode = Opcode::kJump}); }
  Index jump_unless(Index condition) {
    return emit({.opcode = Opcode::kJumpUnless, .a = condition});
  }
  void jump_to(Index target) { emit({.opcode = Opcode::kJump, .immediate = target}); }
  /// Lets an earlier jump go to the next instruction.
  void land(Index jump) { land(jump, here()); }
  void land(Index jump, Index target);

  /// Puts constants in front. The code ends in a halt or a jump by then.
  void finish();
  /// Whether the end can be reached at all.
  bool ends() const;

 private:
  CoreProgram& program_;
  std::map<std::int64_t, Index> constants_;
  std::map<std::pair<Index, Index>, Index> buffers_;  ///< (buffer, type) to view
  std::map<Location, Index> locations_;
  Index location_ = kNone;
};

}  // namespace shiftwise::dialect
