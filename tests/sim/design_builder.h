// SPDX-License-Identifier: Apache-2.0
// Small designs by hand, in the form that the simulator executes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dialect/program.h"
#include "sim/array.h"

namespace shiftwise::sim {

using dialect::Index;
using dialect::kNone;
using target::Channel;
using target::Direction;

inline Channel s2mm(core::TileId tile, int number = 0) { return {tile, Direction::kS2mm, number}; }
inline Channel mm2s(core::TileId tile, int number = 0) { return {tile, Direction::kMm2s, number}; }

/// Functions of the test instead of native libraries.
class TestKernels final : public KernelSource {
 public:
  using Function = NativeFunction;
  void add(const std::string& symbol, Function function) {
    functions_[symbol] = std::move(function);
  }
  std::unique_ptr<CoreCode> load(const dialect::CoreProgram& core) override;

  /// Of the core whose kernel has just begun; a kernel takes a copy first of all.
  struct Cascade {
    std::function<void(const std::byte*)> put;
    std::function<void(std::byte*)> get;
  };
  static Cascade& cascade();

 private:
  std::map<std::string, Function> functions_;
};

/// Writes one core's instructions.
class CoreWriter {
 public:
  explicit CoreWriter(dialect::CoreProgram& program) : program_(program) {}

  Index constant(std::int64_t value);
  Index add(Index a, Index b);
  void acquire(Index lock, int value = 1, bool equal = false);
  void release(Index lock, int value = 1);
  void fifo_acquire(Index port, int held);
  Index object(Index port, int number, const dialect::MemrefType& type);
  void fifo_release(Index port, int count = 1);
  Index view(Index buffer, const dialect::MemrefType& type);
  Index load(Index view, Index at, int bits = 32);
  void store(Index view, Index at, Index value, int bits = 32);
  void call(Index kernel, const std::vector<Index>& operands);
  void cascade_put(Index value);
  Index cascade_get();
  void event(int number);
  /// A loop around what `body` writes; `times` 0: for ever.
  void loop(std::int64_t times, const std::function<void()>& body);
  void halt();

 private:
  Index emit(dialect::Instruction instruction);
  Index new_register() { return program_.registers++; }
  Index new_view() { return program_.views++; }
  Index type(const dialect::MemrefType& type);

  dialect::CoreProgram& program_;
};

/// Both ends of an object FIFO that goes over streams.
struct TestFifo {
  Index producer = kNone;        ///< port; kNone where the producer is a shim tile
  std::vector<Index> consumers;  ///< likewise
  Channel source;
  std::vector<Channel> sinks;
};

/// One device program; `where` of everything is "test:<name>".
class DesignBuilder {
 public:
  explicit DesignBuilder(const std::string& device = "npu1");

  dialect::DeviceProgram& program() { return program_; }
  dialect::Program finish() const { return {.file = "test", .devices = {program_}}; }

  Index buffer(const std::string& name, core::TileId tile, std::int64_t bytes,
               std::vector<std::byte> initial = {});
  Index lock(const std::string& name, core::TileId tile, int initial);
  Index kernel(const std::string& symbol, int memrefs, std::int64_t bytes, int scalars = 0);
  void route(const Channel& source, const std::vector<Channel>& sinks,
             std::optional<int> packet_id = {});
  static dialect::BufferDescriptor descriptor(Index buffer, std::int64_t bytes,
                                              dialect::LockUse acquire = {},
                                              dialect::LockUse release = {});
  /// Descriptors in an endless ring, or, with `ring` false, once.
  void dma(const Channel& channel, std::vector<dialect::BufferDescriptor> descriptors,
           bool ring = true, int repeat = 0);
  CoreWriter core(core::TileId tile);
  /// Pools of `depth` objects, locks, descriptors and the circuit.
  TestFifo fifo(const std::string& name, core::TileId from, const std::vector<core::TileId>& to,
                int depth, std::int64_t bytes);
  /// A pool in the memory of `tile` that the cores of `from` and `to` share.
  std::pair<Index, Index> shared_fifo(const std::string& name, core::TileId tile, core::TileId from,
                                      core::TileId to, int depth, std::int64_t bytes);

  // The sequence "run".
  Index argument(std::int64_t bytes);
  /// Configures and starts a transfer of bytes of a host buffer; the result is the task.
  Index transfer(const Channel& channel, Index argument, std::int64_t offset, std::int64_t bytes,
                 bool token);
  Index transfer(const Channel& channel, dialect::BufferDescriptor descriptor, bool token,
                 int repeat = 0);
  void await(Index task);
  void operation(decltype(dialect::HostOperation::what) what);

  static dialect::MemrefType bytes_type(std::int64_t bytes);
  static dialect::MemrefType words_type(std::int64_t words);

 private:
  Index pool(const std::string& name, core::TileId tile, int depth, std::int64_t bytes);
  dialect::Sequence& sequence();
  Index port(const std::string& fifo, bool produce, core::TileId tile, Index pool, Index empty,
             Index full);

  dialect::DeviceProgram program_;
};

/// 0, 1, 2, ... as bytes, from `first` on.
std::vector<std::byte> counting(std::size_t bytes, int first = 0);

/// Runs the sequence "run" (or none) on `buffers`.
Result run(Array& array, std::vector<std::vector<std::byte>>& buffers);

/// The message of the Error that `call` throws.
std::string refusal(const std::function<void()>& call);

}  // namespace shiftwise::sim
