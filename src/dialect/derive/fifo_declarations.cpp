// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/fifo_declarations.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// A count from the text, cut to what an int holds; limits are checked where they are known.
int count_of(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, -1, 1 << 20));
}

void refuse_what_is_not_executed(ops::ObjectFifoOp op) {
  if (op.getAieStream()) {
    refuse_unsupported(where(op), "aie_stream: the core reads and writes its stream ports itself",
                       "let the object FIFO go through DMAs");
  }
  if (op.getPlio().value_or(false)) {
    refuse_unsupported(where(op), "plio: an NPU has no programmable logic");
  }
  for (const char* name : {"packet", "transport"}) {
    if (op->hasAttr(name)) {
      refuse_unsupported(where(op), fmt::format("{}: packet-switched object FIFOs", name),
                         "leave the attribute out: a circuit moves the same objects");
    }
  }
}

/// The objects become pools of a tile's memory; a shim end has none to hold them.
void check_element(const ObjectFifo& fifo, ops::ObjectFifoOp op) {
  if (std::count(fifo.element.shape.begin(), fifo.element.shape.end(), -1) != 0) {
    refuse_invalid(where(op), "the size of " + fifo.element.text + " is open");
  }
  if (total_bytes(fifo.element) == 0) {
    refuse_invalid(where(op), fifo.element.text + " holds nothing");
  }
}

ObjectFifo read_fifo(ops::ObjectFifoOp op, const target::Device& device) {
  refuse_what_is_not_executed(op);
  ObjectFifo fifo{.name = op.getSymName().str(),
                  .element = memref_type(op.getElement(), op),
                  .location = location_of(op)};
  check_element(fifo, op);
  fifo.producer = {tile_of(op.getProducer(), op, device),
                   dimensions_of(op.getToStream().value_or(ops::DimArrayAttr{}))};
  unsigned index = 0;
  for (const mlir::Value consumer : op.getConsumers()) {
    fifo.consumers.push_back(
        {tile_of(consumer, op, device), dimensions_of(op.getFromStreamOf(index++))});
  }
  for (const std::int64_t depth : op.getDepths()) fifo.depths.push_back(depth);
  const auto bytes = static_cast<std::size_t>(total_bytes(fifo.element));
  if (const auto values = op.getInitValues()) {
    for (const mlir::Attribute value : *values) {
      const auto elements = mlir::dyn_cast<mlir::ElementsAttr>(value);
      if (!elements) refuse_invalid(where(op), "an initial value is not a dense<...>");
      fifo.initial.push_back(bytes_of(elements, op));
      if (fifo.initial.back().size() != bytes) {
        refuse_invalid(where(op), fmt::format("an initial value has {} bytes, an object {}",
                                              fifo.initial.back().size(), bytes));
      }
    }
  }
  fifo.padding = padding_of(op.getPadDimensions().value_or(ops::PadArrayAttr{}));
  fifo.pad_value = op.getPadValue().value_or(0);
  fifo.via_dma = op.getVia_DMA().value_or(false);
  if (const auto side = op.getViaSharedMem()) fifo.via_shared_memory = count_of(*side);
  fifo.synchronized = !op.getDisableSynchronization().value_or(false);
  if (const auto repeat = op.getRepeatCount()) fifo.repeat = count_of(*repeat);
  if (const auto iterations = op.getIterCount()) fifo.iterations = count_of(*iterations);
  for (const auto& [name, count] :
       {std::pair{"repeat_count", fifo.repeat}, std::pair{"iter_count", fifo.iterations}}) {
    if (count && (*count < 1 || *count > device.task_repeat_max + 1)) {
      refuse_unfit(where(op), fmt::format("{} = {}", name, *count),
                   fmt::format("it is 1 to {}", device.task_repeat_max + 1));
    }
  }
  return fifo;
}

std::vector<std::string> symbols(mlir::ArrayAttr array) {
  std::vector<std::string> names;
  for (const mlir::Attribute entry : array) {
    if (const auto name = mlir::dyn_cast<mlir::FlatSymbolRefAttr>(entry)) {
      names.push_back(name.getValue().str());
    }
  }
  return names;
}

std::vector<std::int64_t> integers(std::optional<mlir::ArrayAttr> array) {
  std::vector<std::int64_t> values;
  if (!array) return values;
  for (const mlir::Attribute entry : *array) {
    if (const auto value = mlir::dyn_cast<mlir::IntegerAttr>(entry)) {
      values.push_back(value.getValue().getSExtValue());
    }
  }
  return values;
}

}  // namespace

bool read_fifo_declaration(mlir::Operation* op, Design& design) {
  if (auto fifo = mlir::dyn_cast<ops::ObjectFifoOp>(op)) {
    design.fifos.push_back(read_fifo(fifo, design.device));
    return true;
  }
  if (auto link = mlir::dyn_cast<ops::ObjectFifoLinkOp>(op)) {
    if (link->hasAttr("mode")) {
      refuse_unsupported(where(op), "a link whose sides take turns (mode)",
                         "slice one object by offsets");
    }
    design.links.push_back({.inputs = symbols(link.getInputs()),
                            .outputs = symbols(link.getOutputs()),
                            .source_offsets = integers(link.getSrcOffsets()),
                            .destination_offsets = integers(link.getDstOffsets()),
                            .location = location_of(op)});
    return true;
  }
  if (auto allocate = mlir::dyn_cast<ops::ObjectFifoAllocateOp>(op)) {
    for (ObjectFifo& fifo : design.fifos) {
      if (fifo.name == allocate.getFifo()) {
        fifo.allocated = tile_of(allocate.getTile(), op, design.device);
        return true;
      }
    }
    refuse_invalid(where(op),
                   fmt::format("there is no object FIFO '{}' before it", allocate.getFifo().str()));
  }
  if (mlir::isa<ops::ObjectFifoRegisterOp>(op)) {
    refuse_unsupported(where(op), "external buffers bound to an object FIFO",
                       "let the runtime sequence move the host's data");
  }
  return false;
}

void count_acquires(ops::DeviceOp device, Design& design) {
  device.walk([&](ops::CoreOp core) {
    const core::TileId tile = tile_of(core.getTile(), core, design.device);
    core.walk([&](ops::ObjectFifoAcquireOp acquire) {
      const bool produce = acquire.getPort() == ops::FifoEnd::Produce;
      std::int64_t& most = design.most_acquired[{acquire.getFifo().str(), produce, tile}];
      most = std::max(most, static_cast<std::int64_t>(acquire.getCount()));
    });
  });
}

}  // namespace shiftwise::dialect
