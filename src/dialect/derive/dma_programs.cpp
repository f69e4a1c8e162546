// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/dma_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dialect/derive/descriptors.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

class DmaPrograms {
 public:
  DmaPrograms(const Names& names, Design& design) : names_(names), design_(design) {}

  void read(mlir::Operation& op, mlir::Value tile_value, target::TileKind expected) {
    const core::TileId tile = tile_of(tile_value, &op, design_.device);
    if (design_.device.kind(tile) != expected) {
      refuse_unfit(where(&op),
                   fmt::format("{} is not a {} tile", target::describe(design_.device, tile),
                               target::name(expected)),
                   "aie.mem is for compute tiles, aie.memtile_dma for mem tiles, aie.shim_dma "
                   "for shim tiles");
    }
    if (!seen_.insert(tile).second) {
      refuse_invalid(
          where(&op),
          fmt::format("{} has a DMA program already", target::describe(design_.device, tile)),
          "put all channels into one program");
    }
    for (mlir::Block& block : op.getRegion(0)) {
      for (mlir::Operation& inner : block) {
        if (auto start = mlir::dyn_cast<ops::DmaStartOp>(inner)) add(start, tile);
        if (auto dma = mlir::dyn_cast<ops::DmaOp>(inner)) add(dma, tile);
      }
    }
  }

 private:
  DmaTask task(core::TileId tile, ops::DmaDirection direction, std::int64_t channel,
               std::int64_t repeat, mlir::Operation* op) const {
    const Channel used{tile, direction_of(direction),
                       static_cast<int>(std::clamp<std::int64_t>(channel, -1, 1 << 10))};
    const int most = design_.device.task_repeat_max;
    if (repeat < 0 || repeat > most) {
      refuse_unfit(where(op), fmt::format("repeat_count = {}", repeat),
                   fmt::format("a task can run again 0 to {} times", most));
    }
    return {.channel = used, .repeat = static_cast<int>(repeat), .location = location_of(op)};
  }

  void add(ops::DmaStartOp op, core::TileId tile) {
    DmaTask added =
        task(tile, op.getDirection(), op.getChannel(), op.getRepeatCount().value_or(0), op);
    added.descriptors =
        DescriptorReader(design_, names_, constants_, added.channel).chain(*op.getFirst());
    design_.program.dma_tasks.push_back(std::move(added));
  }

  void add(ops::DmaOp op, core::TileId tile) {
    const auto loop = op->getAttrOfType<mlir::BoolAttr>("loop");
    const auto repeat = op->getAttrOfType<mlir::IntegerAttr>("repeat_count");
    DmaTask added = task(tile, op.getDirection(), op.getChannel(),
                         repeat ? repeat.getValue().getSExtValue() : 0, op);
    added.descriptors = DescriptorReader(design_, names_, constants_, added.channel)
                            .regions(op.getDescriptors(), !loop || loop.getValue());
    if (added.descriptors.empty()) refuse_invalid(where(op), "a channel without a descriptor");
    design_.program.dma_tasks.push_back(std::move(added));
  }

  const Names& names_;
  Design& design_;
  Constants constants_;
  std::set<core::TileId> seen_;
};

}  // namespace

void read_dma_programs(ops::DeviceOp device, const Names& names, Design& design) {
  DmaPrograms programs(names, design);
  for (mlir::Operation& op : device.getBody().front()) {
    if (auto mem = mlir::dyn_cast<ops::MemOp>(op)) {
      programs.read(op, mem.getTile(), target::TileKind::kCompute);
    } else if (auto mem_tile = mlir::dyn_cast<ops::MemTileDmaOp>(op)) {
      programs.read(op, mem_tile.getTile(), target::TileKind::kMem);
    } else if (auto shim = mlir::dyn_cast<ops::ShimDmaOp>(op)) {
      programs.read(op, shim.getTile(), target::TileKind::kShim);
    }
  }
}

}  // namespace shiftwise::dialect
