// SPDX-License-Identifier: Apache-2.0
// What the floating-point instructions of cores compute. Registers hold the bits of a float.
#pragma once

#include <cstdint>

#include "dialect/program.h"

namespace shiftwise::dialect {

enum class Format : std::uint8_t { kF16, kBf16, kF32, kF64 };

/// How many bits a float has.
int bits_of(Format format);

/// The value of the low bits of a register.
double decode(Format format, std::int64_t bits);
/// The bits of the nearest float; ties go to the even one.
std::int64_t encode(Format format, double value);

/// `a <op> b` of kAddF to kNegF (which takes only `a`). Single precision and below is computed in
/// single precision.
std::int64_t evaluate(Opcode opcode, Format format, std::int64_t a, std::int64_t b);

/// Whether `a <predicate> b`, with the numbers of arith.cmpf: false, oeq, ogt, oge, olt, ole, one,
/// ord, ueq, ugt, uge, ult, ule, une, uno, true.
bool compare_floats(std::int64_t predicate, double a, double b);

/// The integer of `bits` bits that the float is cut to, sign-extended. What does not fit, which the
/// language leaves open, stops at the ends; no number is 0.
std::int64_t to_integer(double value, int bits, bool is_unsigned);

}  // namespace shiftwise::dialect
