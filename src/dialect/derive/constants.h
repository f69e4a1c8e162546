// SPDX-License-Identifier: Apache-2.0
// Integer values that are known before a program runs.
#pragma once

#include <optional>

#include "dialect/integers.h"
#include "dialect/ops/ops.h"

namespace shiftwise::dialect {

/// The width that integers of `type` have here: index is 64 bits wide.
int bits_of(mlir::Type type);

/// The binary opcode of an arith operation; nothing for other operations.
std::optional<Opcode> binary_opcode(mlir::Operation* op);

/// The conversion of an arith operation with one integer operand, as the opcode and width that
/// make its result out of a sign-extended operand; nothing for other operations.
struct Conversion {
  Opcode opcode = Opcode::kCopy;
  int bits = 64;
};
std::optional<Conversion> conversion_of(mlir::Operation* op);

/// The values that a constant operation yields, or that were found out along the way.
class Constants {
 public:
  /// What `value` is, where it is a constant, was set, or is arithmetic on such values.
  std::optional<std::int64_t> find(mlir::Value value) const;
  /// Of an attribute or a value. Throws Error, naming `what`, for what only a run can tell.
  std::int64_t number(mlir::OpFoldResult value, mlir::Operation* op, const char* what) const;
  void set(mlir::Value value, std::int64_t number) { known_[value] = number; }

 private:
  /// `left`: how many more values may be looked at.
  std::optional<std::int64_t> find(mlir::Value value, int& left) const;
  llvm::DenseMap<mlir::Value, std::int64_t> known_;
};

}  // namespace shiftwise::dialect
