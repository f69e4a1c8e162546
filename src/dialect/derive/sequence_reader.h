// SPDX-License-Identifier: Apache-2.0
// Carries out one runtime sequence.
#pragma once

#include <map>
#include <string>

#include "dialect/derive/descriptors.h"

namespace shiftwise::dialect {

class SequenceReader {
 public:
  SequenceReader(Design& design, const Names& names) : design_(design), names_(names) {}

  Sequence run(mlir::Operation& op, std::string name);

 private:
  // sequence_reader.cpp: control and values
  void block(mlir::Block& block);
  void operation(mlir::Operation& op);
  bool control(mlir::Operation& op);
  void loop(mlir::Operation& op);
  void view(mlir::Operation& op);
  void transfer(mlir::ValueRange from, mlir::ValueRange to);
  void add(HostOperation operation);
  /// Throws Error where the sequence comes to more than can be meant.
  void count(std::int64_t steps, mlir::Operation* op);
  std::int64_t number(mlir::OpFoldResult value, mlir::Operation* op, const char* what) const {
    return constants_.number(value, op, what);
  }

  // sequence_tasks.cpp: transfers
  bool task_operation(mlir::Operation& op);
  void memcpy(ops::MemcpyOp op);
  void configure(mlir::Operation* op, const Channel& channel, std::string allocation,
                 mlir::Region& chain, std::int64_t repeat, bool token, mlir::Value result);
  Index start_chain(mlir::Operation* op, const Channel& channel, std::string allocation,
                    llvm::StringRef chain, mlir::ValueRange arguments, std::int64_t repeat,
                    bool token, mlir::Value result);
  Index task_of(mlir::Value value, mlir::Operation* op) const;
  Channel channel_of(const std::string& allocation, mlir::Operation* op) const;
  Channel channel_of(mlir::Value tile, ops::DmaDirection direction, std::int64_t number,
                     mlir::Operation* op) const;
  Index add_task(HostTask task);

  // sequence_registers.cpp: everything else that the controller does
  bool command(mlir::Operation& op);
  void sync(ops::SyncOp op);
  void write(mlir::Operation* op, std::uint64_t address, std::vector<std::uint32_t> words,
             std::uint32_t mask);
  void place_memory(core::TileId tile);
  std::uint64_t address_of(mlir::Operation* op, std::int64_t address) const;
  void write_buffer(mlir::Operation* op, const std::string& name, std::int64_t word,
                    std::int64_t value, std::uint32_t mask = 0xFFFFFFFF);
  void block_write(ops::BlockWriteOp op);
  void write_descriptor(ops::WriteBdOp op);
  void push(ops::PushQueueOp op);
  void patch(ops::AddressPatchOp op);
  void configure_device(ops::ConfigureOp op);

  Design& design_;
  const Names& names_;
  Sequence sequence_;
  Constants constants_;
  HostViews host_;
  llvm::DenseMap<mlir::Value, Index> tasks_;
  std::map<core::TileId, int> notes_;  ///< writes of each tile that mean nothing here
  std::int64_t steps_ = 0;
  int depth_ = 0;
};

}  // namespace shiftwise::dialect
