// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/declarations.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "dialect/derive/fifo_declarations.h"
#include "dialect/derive/flows.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

class Declarations {
 public:
  Declarations(Design& design, Names& names) : design_(design), names_(names) {}

  void read(mlir::Operation& op) {
    if (auto tile = mlir::dyn_cast<ops::TileOp>(op)) return read(tile);
    if (auto tile = mlir::dyn_cast<ops::LogicalTileOp>(op)) return read(tile);
    if (auto buffer = mlir::dyn_cast<ops::BufferOp>(op)) return read(buffer);
    if (auto lock = mlir::dyn_cast<ops::LockOp>(op)) return read(lock);
    if (auto allocation = mlir::dyn_cast<ops::ShimDmaAllocationOp>(op)) return read(allocation);
    if (read_fifo_declaration(&op, design_)) return;
    read_flow(&op, design_);
  }

 private:
  void read(ops::TileOp op) { add_tile(tile_of(op.getResult(), op, design_.device), op); }

  void read(ops::LogicalTileOp op) {
    const core::TileId tile = tile_of(op.getResult(), op, design_.device);
    const std::string kind = op.getKind().str();
    const target::TileKind expected = kind == "CoreTile"  ? target::TileKind::kCompute
                                      : kind == "MemTile" ? target::TileKind::kMem
                                                          : target::TileKind::kShim;
    if (design_.device.kind(tile) != expected) {
      refuse_unfit(where(op),
                   fmt::format("{} is not a {}", target::describe(design_.device, tile), kind));
    }
    add_tile(tile, op);
  }

  void add_tile(core::TileId tile, mlir::Operation* op) {
    for (const DeclaredTile& other : design_.tiles) {
      if (other.tile == tile) {
        refuse_invalid(where(op),
                       fmt::format("{} is declared at {} already",
                                   target::describe(design_.device, tile), other.location),
                       "use the first declaration's value");
      }
    }
    design_.tiles.push_back({tile, location_of(op)});
  }

  void read(ops::BufferOp op) {
    const auto type = memref_type(mlir::cast<mlir::MemRefType>(op.getBuffer().getType()), op);
    Buffer buffer{.name = op.getSymName().value_or("").str(),
                  .tile = tile_of(op.getTile(), op, design_.device),
                  .type = type,
                  .bytes = total_bytes(type),
                  .location = location_of(op)};
    const std::int64_t memory = design_.device.facts(buffer.tile).memory_bytes;
    if (memory == 0) {
      refuse_unfit(where(op), target::describe(design_.device, buffer.tile) + " has no memory",
                   "put the buffer on a mem tile or a compute tile");
    }
    if (std::count(type.shape.begin(), type.shape.end(), -1) != 0) {
      refuse_invalid(where(op), "the size of " + type.text + " is open", "give every extent");
    }
    if (buffer.bytes > memory) {
      refuse_unfit(where(op),
                   fmt::format("{} has {} bytes, {} has {}", type.text, buffer.bytes,
                               target::describe(design_.device, buffer.tile), memory),
                   "split it over several objects");
    }
    buffer.address = op.getAddress();
    if (const auto initial = op.getInitialValue()) buffer.initial = bytes_of(*initial, op);
    if (buffer.name.empty()) buffer.name = fmt::format("buffer_{}", design_.program.buffers.size());
    const auto index = static_cast<Index>(design_.program.buffers.size());
    if (!names_.buffer_symbols.emplace(buffer.name, index).second) {
      refuse_invalid(where(op), fmt::format("another buffer is named '{}'", buffer.name));
    }
    names_.buffers[op.getBuffer()] = index;
    design_.program.buffers.push_back(std::move(buffer));
  }

  void read(ops::LockOp op) {
    constexpr std::int64_t kLargest = 1 << 20;  // the verifier knows the real limits
    Lock lock{.name = op.getSymName().value_or("").str(),
              .tile = tile_of(op.getTile(), op, design_.device),
              .location = location_of(op)};
    if (const auto id = op.getLockID()) {
      lock.id = static_cast<int>(std::clamp(static_cast<std::int64_t>(*id), -kLargest, kLargest));
    }
    lock.initial = static_cast<int>(
        std::clamp(static_cast<std::int64_t>(op.getInit().value_or(0)), -kLargest, kLargest));
    if (lock.name.empty()) {
      lock.name = lock.id ? fmt::format("lock_{}_{}_{}", lock.tile.column, lock.tile.row, *lock.id)
                          : fmt::format("lock_{}", design_.program.locks.size());
    }
    names_.locks[op.getResult()] = static_cast<Index>(design_.program.locks.size());
    design_.program.locks.push_back(std::move(lock));
  }

  void read(ops::ShimDmaAllocationOp op) {
    const auto column = op.getColumn();
    if (!column) {
      refuse_unsupported(where(op), "the tile's place is left open", "give its column and row");
    }
    Channel channel{{static_cast<int>(*column), 0},
                    direction_of(op.getDirection()),
                    static_cast<int>(op.getChannel())};
    if (!design_.device.contains(channel.tile)) {
      refuse_unfit(where(op), fmt::format("{} has {} columns; there is no column {}",
                                          design_.device.name, design_.device.columns, *column));
    }
    design_.program.allocations.push_back({op.getAlloc().str(), channel});
    design_.allocation_locations.push_back(location_of(op));
  }

  Design& design_;
  Names& names_;
};

/// Published tests leave the device to a script, which replaces this word.
constexpr llvm::StringLiteral kAnyDevice = "NPUDEVICE";

target::Device find_device(ops::DeviceOp device, const target::Facts& facts) {
  const llvm::StringRef name = device.getDevice();
  try {
    // iree-amd-aie counts generations otherwise.
    return target::find_device(name == kAnyDevice ? "npu1"
                               : name == "npu4"   ? "npu2"
                                                  : name.str(),
                               facts);
  } catch (const core::Error& error) {  // which knows the name, but not where it stands
    core::Diagnostic diagnostic = error.diagnostic();
    diagnostic.where = where(device);
    throw core::Error(std::move(diagnostic));
  }
}

}  // namespace

Design read_declarations(ops::DeviceOp device, const target::Facts& facts, Names& names) {
  Design design{.device = find_device(device, facts)};
  design.program.device = design.device.name;
  if (const auto name = device.getSymName()) design.program.name = name->str();
  if (device.getDevice() == kAnyDevice) {
    design.program.notes.push_back(
        fmt::format("{}: {} stands for any device; it is taken to be npu1", location_of(device),
                    kAnyDevice.str()));
  }
  Declarations declarations(design, names);
  for (mlir::Operation& op : device.getBody().front()) declarations.read(op);
  // Old text declares buffers and locks also where they are used, inside of programs.
  device.walk([&](mlir::Operation* op) {
    if (mlir::isa<ops::BufferOp, ops::LockOp>(op) && op->getParentOp() != device.getOperation()) {
      declarations.read(*op);
    }
  });
  return design;
}

}  // namespace shiftwise::dialect
