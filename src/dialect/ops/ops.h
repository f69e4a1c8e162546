// SPDX-License-Identifier: Apache-2.0
// The operations of `aie` and `aiex` as C++ classes, and what is generated for them. Costs
// seconds to compile: only files that read or build modules include it.
#pragma once

#include <cstdint>
#include <optional>

#include "core/units.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace shiftwise::dialect::ops {

/// Whether `attribute` is an integer of at most 64 bits, of any signedness.
bool is_plain_integer(mlir::Attribute attribute);
/// Its value; unsigned types are zero-extended.
std::int64_t value_of(mlir::IntegerAttr attribute);
/// The value, where it is a constant (an attribute or an arith.constant).
std::optional<std::int64_t> constant_of(mlir::OpFoldResult value);
/// The tile that `value` stands for; nothing for logical tiles whose place is open.
std::optional<core::TileId> tile_of(mlir::Value value);

}  // namespace shiftwise::dialect::ops

// clang-format off
#include "dialect_generated/Enums.h.inc"
#include "dialect_generated/AieDialect.h.inc"
#include "dialect_generated/AiexDialect.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialect_generated/Types.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect_generated/Attrs.h.inc"
#define GET_OP_CLASSES
#include "dialect_generated/AieOps.h.inc"
#define GET_OP_CLASSES
#include "dialect_generated/AiexOps.h.inc"
// clang-format on
