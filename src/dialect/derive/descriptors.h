// SPDX-License-Identifier: Apache-2.0
// The text of buffer descriptors: of DMA programs and of the tasks that sequences start.
#pragma once

#include "dialect/derive/module.h"

namespace shiftwise::dialect {

/// A host buffer seen by a sequence: an argument, from an element on.
struct HostView {
  Index argument = kNone;
  std::int64_t offset = 0;
};
using HostViews = llvm::DenseMap<mlir::Value, HostView>;

/// `lock`, `value` and kind of an aie.use_lock with a constant value.
LockUse read_lock_use(ops::UseLockOp op, const Names& names, const Constants& constants);

class DescriptorReader {
 public:
  DescriptorReader(const Design& design, const Names& names, const Constants& constants,
                   const Channel& channel, const HostViews& host = none())
      : design_(design), names_(names), constants_(constants), channel_(channel), host_(host) {}

  /// The descriptors from `first` on, in the order in which they are reached; each links to
  /// the next. The chain may end, or return to any of its blocks.
  std::vector<BufferDescriptor> chain(mlir::Block& first) const;

  /// One descriptor for each region (aie.dma); the last links to the first with `loop`.
  std::vector<BufferDescriptor> regions(llvm::MutableArrayRef<mlir::Region> regions,
                                        bool loop) const;

 private:
  static const HostViews& none();
  BufferDescriptor read_block(mlir::Block& block) const;
  void read_transfer(ops::DmaBdOp op, BufferDescriptor& descriptor) const;
  MemrefType read_memory(ops::DmaBdOp op, BufferDescriptor& descriptor) const;

  const Design& design_;
  const Names& names_;
  const Constants& constants_;
  Channel channel_;
  const HostViews& host_;
};

/// Turns the outermost of `dimensions` into the iteration where the tile's descriptors have
/// no dimension left for it. An iteration of one execution says nothing and is dropped.
void split_iteration(BufferDescriptor& descriptor, const target::TileFacts& facts);

}  // namespace shiftwise::dialect
