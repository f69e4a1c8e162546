// SPDX-License-Identifier: Apache-2.0
// The host's aie_api: the part of the published interface that convolution kernels use, in our
// own words, so that one kernel source compiles for the array and for this machine. Integers
// are exact in every mode (docs/numerics.md); docs/tools/kernel.md lists it.
#pragma once

#include "detail/arithmetic.hpp"
#include "detail/elementary.hpp"
#include "detail/intrinsics.hpp"
#include "detail/linear.hpp"
#include "detail/mmul.hpp"
#include "detail/shuffle.hpp"
#include "detail/sliding.hpp"

namespace aie {

struct tile_id {
  uint16_t row;
  uint16_t col;
};

/// The core that runs the kernel.
class tile {
 public:
  static tile current() { return {}; }
  tile_id global_id() const {
    return {static_cast<uint16_t>(detail::core->row), static_cast<uint16_t>(detail::core->column)};
  }
  void set_saturation(saturation_mode mode) { aie::set_saturation(mode); }
  saturation_mode get_saturation() const { return aie::get_saturation(); }
  void set_rounding(rounding_mode mode) { aie::set_rounding(mode); }
  rounding_mode get_rounding() const { return aie::get_rounding(); }
};

}  // namespace aie
