// SPDX-License-Identifier: Apache-2.0
// Translates one core. Each value of the text has one register (or view register): functions
// are written out where they are called, and none may call itself, so no value is alive
// twice.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dialect/derive/core_code.h"
#include "dialect/derive/core_program.h"

namespace shiftwise::dialect {

class CoreTranslator {
 public:
  CoreTranslator(Design& design, const Names& names, const FifoPorts& ends, CoreProgram& program,
                 Index core)
      : design_(design),
        names_(names),
        ends_(ends),
        program_(program),
        core_(core),
        code_(program) {}

  void run(mlir::Region& body);

 private:
  /// A function that is being written out.
  struct Frame {
    mlir::ValueRange results = {};
    std::vector<Index> exits = {};  ///< jumps to behind it
    bool inlined = false;
  };
  struct Move {
    bool view = false;
    Index from = kNone;
    Index to = kNone;
    Index type = kNone;
  };

  // core_translator.cpp
  void operation(mlir::Operation& op);
  bool aie_operation(mlir::Operation& op);
  Index read(mlir::Value value);
  Index read_view(mlir::Value value);
  Index define(mlir::Value value);
  Index define_view(mlir::Value value);
  void moves(mlir::ValueRange from, mlir::ValueRange to, mlir::Operation& op);
  void moves(std::vector<Move> list);

  // core_arithmetic.cpp
  bool arithmetic(mlir::Operation& op);
  bool floating_point(mlir::Operation& op);
  void select(mlir::Operation& op);

  // core_cascade.cpp
  bool cascade(mlir::Operation& op);
  std::vector<Index> read_lanes(mlir::Value value, int count);

  // core_control.cpp
  bool control(mlir::Operation& op);
  void region(mlir::Region& region);
  void branches(mlir::Region& region);
  void terminator(mlir::Operation& op, std::vector<std::pair<Index, mlir::Block*>>& open);
  /// All of a block but its terminator, which is returned.
  mlir::Operation& straight(mlir::Block& block);
  void loop(mlir::Operation& op);
  void while_loop(mlir::Operation& op);
  void if_else(mlir::Operation& op);
  void index_switch(mlir::Operation& op);
  void leave(mlir::Operation& op);

  // core_calls.cpp
  void call(mlir::Operation& op);
  void write_out(mlir::Operation& call, mlir::Operation& function);
  Index kernel(mlir::Operation& function);

  // core_memory.cpp
  bool memory(mlir::Operation& op);
  void access(mlir::Operation& op, bool store);
  void move_view(mlir::Operation& op);
  void same_view(mlir::Operation& op);
  void scratch(mlir::Operation& op, std::vector<std::byte> initial);
  void global(mlir::Operation& op);
  void copy(mlir::Operation& op);
  MemrefType view_type(mlir::Value value, mlir::Operation& op);

  // core_fifos.cpp
  Index port(const std::string& fifo, bool produce, mlir::Operation& op);
  void acquire(ops::ObjectFifoAcquireOp op);
  void release(ops::ObjectFifoReleaseOp op);
  void use_lock(ops::UseLockOp op);

  Design& design_;
  const Names& names_;
  const FifoPorts& ends_;
  CoreProgram& program_;
  Index core_ = kNone;
  CoreCode code_;
  Constants constants_;
  llvm::DenseMap<mlir::Value, Index> registers_;
  llvm::DenseMap<mlir::Value, Index> views_;
  llvm::DenseMap<mlir::Value, std::vector<Index>> lanes_;  ///< of what a cascade carries
  std::map<std::pair<std::string, bool>, Index> ports_;
  std::vector<Frame> frames_;
  std::set<mlir::Operation*> active_;  ///< functions that are being written out
  int depth_ = 0;
  std::int64_t operations_ = 0;  ///< translated, those of a function at every call
  std::int64_t scratch_bytes_ = 0;
};

}  // namespace shiftwise::dialect
