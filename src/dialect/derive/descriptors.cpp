// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/descriptors.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// Descriptors of one chain. The array has at most 48 for a tile; the verifier says so.
constexpr std::size_t kMostDescriptors = 1024;

int clamped(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, -(1 << 20), 1 << 20));
}

/// The text's length counts the padding; a descriptor's is what it reads.
void unpad(ops::DmaBdOp op, BufferDescriptor& descriptor) {
  const auto& dimensions = descriptor.dimensions;
  if (descriptor.padding.size() != dimensions.size()) return;  // the verifier says so
  std::int64_t read = 1;
  std::int64_t padded = 1;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    std::int64_t size = 0;
    if (__builtin_mul_overflow(read, dimensions[i].size, &read) ||
        __builtin_add_overflow(dimensions[i].size, descriptor.padding[i].before, &size) ||
        __builtin_add_overflow(size, descriptor.padding[i].after, &size) ||
        __builtin_mul_overflow(padded, size, &padded)) {
      refuse_invalid(where(op), "its sizes multiply to more than any memory");
    }
  }
  if (op.getLen() && descriptor.length != padded && descriptor.length != read) {
    refuse_invalid(where(op),
                   fmt::format("its length is {}; the sizes come to {}, with padding to {}",
                               descriptor.length, read, padded),
                   "the length counts the padding");
  }
  descriptor.length = read;
}

void set_once(LockUse& use, const LockUse& value, mlir::Operation* op, const char* what) {
  if (use.lock != kNone) {
    refuse_invalid(where(op), fmt::format("a second {} in one descriptor", what),
                   "a descriptor has one lock to acquire and one to release");
  }
  use = value;
}

}  // namespace

const HostViews& DescriptorReader::none() {
  static const HostViews no_host{};
  return no_host;
}

LockUse read_lock_use(ops::UseLockOp op, const Names& names, const Constants& constants) {
  const auto lock = names.locks.find(op.getLock());
  if (lock == names.locks.end()) refuse_invalid(where(op), "its lock is not an aie.lock");
  return {.lock = lock->second,
          .value = clamped(constants.number(op.getAmount(), op, "value")),
          .equal = op.getAction() == ops::LockAction::Acquire};
}

MemrefType DescriptorReader::read_memory(ops::DmaBdOp op, BufferDescriptor& descriptor) const {
  const mlir::Value memory = op.getBuffer();
  if (const auto buffer = names_.buffers.find(memory); buffer != names_.buffers.end()) {
    descriptor.memory.buffer = buffer->second;
    return design_.program.buffers[static_cast<std::size_t>(buffer->second)].type;
  }
  if (const auto view = host_.find(memory); view != host_.end()) {
    descriptor.memory.host_argument = view->second.argument;
    descriptor.offset = view->second.offset;
    return memref_type(mlir::cast<mlir::MemRefType>(memory.getType()), op);
  }
  if (memory.getDefiningOp<ops::ExternalBufferOp>()) {
    refuse_unsupported(where(op), "a descriptor of an external buffer",
                       "let the runtime sequence move the host's data");
  }
  refuse_invalid(where(op), "it moves what is neither a buffer nor an argument of the sequence");
}

void DescriptorReader::read_transfer(ops::DmaBdOp op, BufferDescriptor& descriptor) const {
  const MemrefType type = read_memory(op, descriptor);
  descriptor.element_bytes = static_cast<int>(type.element_bytes());
  if (const auto offset = op.getOffset()) {
    if (__builtin_add_overflow(descriptor.offset, constants_.number(*offset, op, "offset"),
                               &descriptor.offset)) {
      refuse_invalid(where(op), "its offset is beyond any memory");
    }
  }
  const auto sizes = op.getSizes();
  const auto strides = op.getStrides();
  if (sizes.size() != strides.size()) {
    refuse_invalid(where(op), fmt::format("{} sizes and {} strides", sizes.size(), strides.size()));
  }
  constexpr std::size_t kMostDimensions = 16;  // of which the verifier accepts fewer
  if (sizes.size() > kMostDimensions) {
    refuse_unfit(where(op), fmt::format("{} dimensions", sizes.size()),
                 "fold dimensions that lie one behind the other");
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    descriptor.dimensions.push_back(
        {constants_.number(sizes[i], op, "size"), constants_.number(strides[i], op, "stride")});
  }
  split_iteration(descriptor, design_.device.facts(channel_.tile));
  if (const auto length = op.getLen()) {
    descriptor.length = constants_.number(*length, op, "length");
  } else if (!descriptor.dimensions.empty()) {
    descriptor.length = 1;
    for (const Dimension& dimension : descriptor.dimensions) {
      if (__builtin_mul_overflow(descriptor.length, dimension.size, &descriptor.length)) {
        refuse_invalid(where(op), "its sizes multiply to more than any memory");
      }
    }
  } else {
    descriptor.length = total_bytes(type) / type.element_bytes();
  }
  descriptor.padding = padding_of(op.getPadding().value_or(ops::PadArrayAttr{}));
  if (!descriptor.padding.empty()) unpad(op, descriptor);
  descriptor.pad_value = op.getPadValue().value_or(0);
  if (const auto id = op.getBdId()) descriptor.id = clamped(*id);
  if (const auto packet = op.getPacket()) descriptor.packet_id = clamped(packet->getId());
  descriptor.location = location_of(op);
}

BufferDescriptor DescriptorReader::read_block(mlir::Block& block) const {
  BufferDescriptor descriptor;
  mlir::Operation* transfer = nullptr;
  for (mlir::Operation& op : block) {
    if (auto lock = mlir::dyn_cast<ops::UseLockOp>(op)) {
      const LockUse use = read_lock_use(lock, names_, constants_);
      if (lock.getAction() == ops::LockAction::Release) {
        set_once(descriptor.release, use, &op, "release");
      } else {
        set_once(descriptor.acquire, use, &op, "acquire");
      }
    } else if (auto packet = mlir::dyn_cast<ops::DmaBdPacketOp>(op)) {
      descriptor.packet_id = clamped(packet.getPacketId());
    } else if (auto bd = mlir::dyn_cast<ops::DmaBdOp>(op)) {
      if (transfer != nullptr) refuse_invalid(where(bd), "a second aie.dma_bd in one block");
      transfer = &op;
      read_transfer(bd, descriptor);
    }
  }
  if (transfer == nullptr) {
    mlir::Operation* named = block.empty() ? block.getParentOp() : &block.front();
    refuse_invalid(where(named), "a block of the chain has no aie.dma_bd",
                   "give every block of the chain one aie.dma_bd");
  }
  return descriptor;
}

std::vector<BufferDescriptor> DescriptorReader::chain(mlir::Block& first) const {
  std::vector<BufferDescriptor> descriptors;
  llvm::DenseMap<mlir::Block*, Index> reached;
  mlir::Block* block = &first;
  while (true) {
    if (descriptors.size() >= kMostDescriptors) {
      refuse_unfit(where(block->getParentOp()),
                   fmt::format("a chain of more than {} descriptors", kMostDescriptors));
    }
    reached[block] = static_cast<Index>(descriptors.size());
    descriptors.push_back(read_block(*block));
    auto next = mlir::dyn_cast<ops::NextBdOp>(block->back());
    if (!next) return descriptors;
    block = next.getNext();
    // A successor that only holds the end is the end.
    if (mlir::isa<ops::EndOp>(block->front())) return descriptors;
    if (const auto again = reached.find(block); again != reached.end()) {
      descriptors.back().next = again->second;
      return descriptors;
    }
    descriptors.back().next = static_cast<Index>(descriptors.size());
  }
}

std::vector<BufferDescriptor> DescriptorReader::regions(llvm::MutableArrayRef<mlir::Region> regions,
                                                        bool loop) const {
  std::vector<BufferDescriptor> descriptors;
  for (mlir::Region& region : regions) {
    if (region.empty()) {
      refuse_invalid(where(region.getParentOp()), "a descriptor without an aie.dma_bd");
    }
    descriptors.push_back(read_block(region.front()));
    descriptors.back().next = static_cast<Index>(descriptors.size());
  }
  if (!descriptors.empty()) descriptors.back().next = loop ? 0 : kNone;
  return descriptors;
}

void split_iteration(BufferDescriptor& descriptor, const target::TileFacts& facts) {
  const auto most = static_cast<std::size_t>(facts.descriptor.dimensions);
  if (descriptor.dimensions.size() != most + 1) return;
  const Dimension outermost = descriptor.dimensions.front();
  descriptor.dimensions.erase(descriptor.dimensions.begin());
  if (outermost.size != 1) descriptor.iteration = outermost;
}

}  // namespace shiftwise::dialect
