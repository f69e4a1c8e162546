// SPDX-License-Identifier: Apache-2.0
// Transfers of sequences: memcpy, tasks, chains.
#include <fmt/format.h>

#include <algorithm>

#include "core/suggest.h"
#include "dialect/derive/refuse.h"
#include "dialect/derive/sequence_reader.h"

namespace shiftwise::dialect {
namespace {

/// The name that a sequence gives: @fifo, or the last of @device::@fifo.
std::string name_of(mlir::SymbolRefAttr symbol) { return symbol.getLeafReference().str(); }

std::int64_t product(std::int64_t a, std::int64_t b, mlir::Operation* op) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) {
    refuse_invalid(where(op), "its sizes, strides and offsets reach beyond any memory");
  }
  return result;
}

/// Rows that lie one behind the other are one long row, which needs no dimensions.
void fold(std::vector<Dimension>& dimensions) {
  std::int64_t next = 1;
  for (auto dimension = dimensions.rbegin(); dimension != dimensions.rend(); ++dimension) {
    if (dimension->size != 1 && dimension->stride != next) return;
    next *= dimension->size;
  }
  dimensions.clear();
}

}  // namespace

Channel SequenceReader::channel_of(const std::string& allocation, mlir::Operation* op) const {
  std::vector<std::string> names;
  for (const ShimAllocation& known : design_.program.allocations) {
    if (known.name == allocation) return known.channel;
    names.push_back(known.name);
  }
  const bool is_fifo = std::any_of(design_.fifos.begin(), design_.fifos.end(),
                                   [&](const ObjectFifo& fifo) { return fifo.name == allocation; });
  if (is_fifo) {
    refuse_invalid(where(op), fmt::format("object FIFO '{}' has no end on a shim tile", allocation),
                   "sequences reach object FIFOs by their shim ends");
  }
  refuse_invalid(where(op),
                 fmt::format("there is no shim allocation or object FIFO '{}'", allocation),
                 core::suggest(allocation, names));
}

Channel SequenceReader::channel_of(mlir::Value tile, ops::DmaDirection direction,
                                   std::int64_t number, mlir::Operation* op) const {
  return {dialect::tile_of(tile, op, design_.device), direction_of(direction),
          static_cast<int>(std::clamp<std::int64_t>(number, -1, 1 << 10))};
}

Index SequenceReader::add_task(HostTask task) {
  const int most = design_.device.task_repeat_max;
  if (task.repeat < 0 || task.repeat > most) {
    refuse_unfit(at(task.location, "a task of " + target::to_string(task.channel)),
                 fmt::format("it runs {} times more", task.repeat),
                 fmt::format("a task can run again 0 to {} times", most));
  }
  sequence_.tasks.push_back(std::move(task));
  return static_cast<Index>(sequence_.tasks.size()) - 1;
}

void SequenceReader::memcpy(ops::MemcpyOp op) {
  HostTask task{.allocation = name_of(op.getMetadata()), .location = location_of(op)};
  task.channel = channel_of(task.allocation, op);
  task.issue_token = op.issuesToken() || task.channel.direction == Direction::kS2mm;
  const auto view = host_.find(op.getBuffer());
  if (view == host_.end()) refuse_invalid(where(op), "its buffer is no argument of the sequence");
  const MemrefType type = memref_type(mlir::cast<mlir::MemRefType>(op.getBuffer().getType()), op);
  BufferDescriptor descriptor{.memory = {.host_argument = view->second.argument},
                              .element_bytes = static_cast<int>(type.element_bytes()),
                              .offset = view->second.offset,
                              .length = 1,
                              .location = task.location};
  const auto offsets = op.getOffsets();
  const auto sizes = op.getSizes();
  const auto strides = op.getStrides();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t size = number(sizes[i], op, "size");
    const std::int64_t stride = number(strides[i], op, "stride");
    // Offsets count in the strides of the transfer (since 2024; before, and where they agree,
    // in those of the memref).
    const std::int64_t distance = product(number(offsets[i], op, "offset"), stride, op);
    if (__builtin_add_overflow(descriptor.offset, distance, &descriptor.offset)) {
      refuse_invalid(where(op), "its offsets reach beyond any memory");
    }
    if (size < 1) refuse_invalid(where(op), fmt::format("a size of {}", size), "sizes start at 1");
    if (i == 0) {
      if (size > 1) descriptor.iteration = Dimension{size, stride};
      task.repeat = static_cast<int>(std::min<std::int64_t>(size - 1, 1 << 20));
      continue;
    }
    descriptor.dimensions.push_back({size, stride});
    descriptor.length = product(descriptor.length, size, op);
  }
  fold(descriptor.dimensions);
  if (const auto id = op.getId()) {
    descriptor.id = static_cast<int>(std::clamp<std::int64_t>(*id, -1, 1 << 10));
  }
  if (const auto packet = op.getPacket()) descriptor.packet_id = static_cast<int>(packet->getId());
  task.descriptors.push_back(std::move(descriptor));
  const Location location = task.location;
  const Index index = add_task(std::move(task));
  add({ConfigureTask{index}, location});
  add({StartTask{index}, location});
}

void SequenceReader::configure(mlir::Operation* op, const Channel& channel, std::string allocation,
                               mlir::Region& chain, std::int64_t repeat, bool token,
                               mlir::Value result) {
  if (chain.empty()) refuse_invalid(where(op), "the task has no aie.dma_bd");
  HostTask task{
      .channel = channel,
      .descriptors =
          DescriptorReader(design_, names_, constants_, channel, host_).chain(chain.front()),
      .repeat = static_cast<int>(std::clamp<std::int64_t>(repeat, -1, 1 << 20)),
      .issue_token = token,
      .allocation = std::move(allocation),
      .location = location_of(op)};
  if (const auto packet = op->getAttrOfType<ops::PacketAttr>("packet")) {
    for (BufferDescriptor& descriptor : task.descriptors) {
      descriptor.packet_id = static_cast<int>(packet.getId());
    }
  }
  count(static_cast<std::int64_t>(task.descriptors.size()), op);
  const Location location = task.location;
  const Index index = add_task(std::move(task));
  tasks_[result] = index;
  add({ConfigureTask{index}, location});
}

Index SequenceReader::start_chain(mlir::Operation* op, const Channel& channel,
                                  std::string allocation, llvm::StringRef chain,
                                  mlir::ValueRange arguments, std::int64_t repeat, bool token,
                                  mlir::Value result) {
  auto found = mlir::dyn_cast_or_null<ops::BdChainOp>(mlir::SymbolTable::lookupNearestSymbolFrom(
      op, mlir::StringAttr::get(op->getContext(), chain)));
  if (!found) refuse_invalid(where(op), fmt::format("there is no aie.bd_chain '{}'", chain.str()));
  if (found.getBody().empty()) refuse_invalid(where(found), "the chain has no aie.dma_bd");
  mlir::Block& entry = found.getBody().front();
  if (entry.getNumArguments() != arguments.size()) {
    refuse_invalid(where(op), fmt::format("'{}' takes {} arguments, not {}", chain.str(),
                                          entry.getNumArguments(), arguments.size()));
  }
  for (const auto [formal, actual] : llvm::zip(entry.getArguments(), arguments)) {
    if (const auto view = host_.find(actual); view != host_.end()) {
      const HostView known = view->second;
      host_[formal] = known;
    } else if (const auto value = constants_.find(actual)) {
      constants_.set(formal, *value);
    } else {
      refuse_unsupported(where(op), "a chain gets what is neither a host buffer nor a number",
                         "name buffers of the array in the chain itself");
    }
  }
  configure(op, channel, std::move(allocation), found.getBody(), repeat, token, result);
  return tasks_[result];
}

Index SequenceReader::task_of(mlir::Value value, mlir::Operation* op) const {
  const auto task = tasks_.find(value);
  if (task == tasks_.end()) {
    refuse_invalid(where(op), "its operand is not a task that was configured before");
  }
  return task->second;
}

bool SequenceReader::task_operation(mlir::Operation& op) {
  const Location location = location_of(&op);
  if (auto copy = mlir::dyn_cast<ops::MemcpyOp>(op)) {
    memcpy(copy);
  } else if (auto task = mlir::dyn_cast<ops::ConfigureTaskOp>(op)) {
    configure(&op,
              channel_of(task.getTile(), task.getDirection(),
                         static_cast<std::int64_t>(task.getChannel()), &op),
              {}, task.getBody(), number(task.getRepeat(), &op, "repeat count"),
              task.getIssueToken().value_or(false), task.getResult());
  } else if (auto named = mlir::dyn_cast<ops::ConfigureTaskForOp>(op)) {
    const std::string allocation = name_of(named.getAlloc());
    configure(&op, channel_of(allocation, &op), allocation, named.getBody(),
              number(named.getRepeat(), &op, "repeat count"), named.getIssueToken().value_or(false),
              named.getResult());
  } else if (auto chain = mlir::dyn_cast<ops::StartBdChainOp>(op)) {
    const Index started =
        start_chain(&op,
                    channel_of(chain.getTile(), chain.getDirection(),
                               static_cast<std::int64_t>(chain.getChannel()), &op),
                    {}, chain.getChain(), chain.getArgs(), chain.getRepeatCount().value_or(0),
                    chain.getIssueToken().value_or(false), chain.getResult());
    add({StartTask{started}, location});
  } else if (auto chain_for = mlir::dyn_cast<ops::StartBdChainForOp>(op)) {
    const std::string allocation = name_of(chain_for.getAlloc());
    const Index started =
        start_chain(&op, channel_of(allocation, &op), allocation, chain_for.getChain(),
                    chain_for.getArgs(), chain_for.getRepeatCount().value_or(0),
                    chain_for.getIssueToken().value_or(false), chain_for.getResult());
    add({StartTask{started}, location});
  } else if (auto start = mlir::dyn_cast<ops::StartTaskOp>(op)) {
    add({StartTask{task_of(start.getTask(), &op)}, location});
  } else if (auto await = mlir::dyn_cast<ops::AwaitTaskOp>(op)) {
    const Index awaited = task_of(await.getTask(), &op);
    const HostTask& waited = sequence_.tasks[static_cast<std::size_t>(awaited)];
    if (!waited.issue_token) {
      refuse_invalid(
          where(&op),
          fmt::format("the task at {} issues no token, so the wait would not end", waited.location),
          "give the task {issue_token = true}");
    }
    add({AwaitTask{awaited}, location});
  } else if (auto free = mlir::dyn_cast<ops::FreeTaskOp>(op)) {
    add({FreeTask{task_of(free.getTask(), &op)}, location});
  } else {
    return false;
  }
  return true;
}

}  // namespace shiftwise::dialect
