// SPDX-License-Identifier: Apache-2.0
// Strong units: an exponent cannot be passed where a shift is meant.
#pragma once

#include <compare>

namespace shiftwise::core {

/// The e of a power-of-two scale: a tensor's value is q * 2^e (docs/numerics.md, eq. 1).
struct Exponent {
  int value = 0;
  friend constexpr auto operator<=>(Exponent, Exponent) = default;
};

/// The exponent of a product of two scales is the sum of theirs.
constexpr Exponent operator+(Exponent a, Exponent b) { return {a.value + b.value}; }

/// How far an accumulator moves right to reach another exponent; negative means left.
struct Shift {
  int value = 0;
  friend constexpr auto operator<=>(Shift, Shift) = default;
};

/// The shift that takes integers at exponent `from` to integers at exponent `to` (eq. 3).
constexpr Shift shift_between(Exponent from, Exponent to) { return {to.value - from.value}; }

/// A tile of the array: column from the west, row from the south; row 0 is the shim.
struct TileId {
  int column = 0;
  int row = 0;
  friend constexpr auto operator<=>(TileId, TileId) = default;
};

}  // namespace shiftwise::core
