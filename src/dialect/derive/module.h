// SPDX-License-Identifier: Apache-2.0
// Small questions to a module that every part of the derivation asks. One of the few headers
// that include MLIR.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dialect/derive/constants.h"
#include "dialect/derive/design.h"
#include "dialect/ops/ops.h"

namespace shiftwise::dialect {

/// The module's values and symbols as indices into the program's lists.
struct Names {
  llvm::DenseMap<mlir::Value, Index> buffers;
  llvm::DenseMap<mlir::Value, Index> locks;
  std::map<std::string, Index> buffer_symbols = {};
};

/// "design.mlir:12:5"; empty for what no text stands behind.
Location location_of(mlir::Operation* op);
/// "design.mlir:12:5, aie.dma_bd".
std::string where(mlir::Operation* op);

/// Throws Error for element types that no memory here holds, and for sizes beyond reason.
MemrefType memref_type(mlir::MemRefType type, mlir::Operation* op);
std::int64_t total_bytes(const MemrefType& type);

/// The tile that `value` names. Throws Error where its place is open or outside the device.
core::TileId tile_of(mlir::Value value, mlir::Operation* user, const target::Device& device);

/// The elements in memory order, little endian.
std::vector<std::byte> bytes_of(mlir::ElementsAttr values, mlir::Operation* op);

Direction direction_of(ops::DmaDirection direction);

std::vector<Dimension> dimensions_of(ops::DimArrayAttr attribute);
std::vector<Padding> padding_of(ops::PadArrayAttr attribute);

}  // namespace shiftwise::dialect
