// SPDX-License-Identifier: Apache-2.0
// How images lie in the host buffers of a design.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "qgraph/qgraph.h"

namespace shiftwise::lower {

/// Image after image, object after object: [H/R][C/8][R * W][8] with R rows in an object
/// ("YCXC8" where R is 1). Channels beyond the last are zeros.
struct ActivationLayout {
  qgraph::Element element = qgraph::Element::kUint8;
  core::ImageShape shape;
  int rows_per_object = 1;

  int groups() const { return (shape.channels + 7) / 8; }
  std::int64_t object_bytes() const;
  std::int64_t image_bytes() const;

  /// codes: [C][H][W], one image, one byte each. packed: image_bytes(), written whole.
  void pack(std::span<const std::byte> codes, std::span<std::byte> packed) const;
  /// The other way; channels that only fill a group are dropped.
  void unpack(std::span<const std::byte> packed, std::span<std::byte> codes) const;
};

}  // namespace shiftwise::lower
