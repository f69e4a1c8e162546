// SPDX-License-Identifier: Apache-2.0
// What a design does, in plain structs: the read-only form that `sim` executes. It is derived
// from a module (read.h), never written down and never built by hand. Object FIFOs are
// already pools of buffers, locks, DMA descriptors and circuits; control flow is a flat list
// with a program counter, so that a core can stop in the middle and go on. No MLIR in here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/units.h"
#include "target/stream.h"

namespace shiftwise::dialect {

/// Where a thing stands in the text that it came from: "design.mlir:12:5", for messages.
using Location = std::string;

/// Index into one of DeviceProgram's lists; kNone where there is none.
using Index = std::int32_t;
inline constexpr Index kNone = -1;

enum class Element { kInt, kUint, kFloat, kBfloat };

/// A memref's type: what a view of bytes means. Signless integers are kInt.
struct MemrefType {
  Element element = Element::kInt;
  int bits = 8;
  std::vector<std::int64_t> shape = {};    ///< extents, outermost first; -1 where dynamic
  std::vector<std::int64_t> strides = {};  ///< in elements, outermost first
  std::int64_t offset = 0;                 ///< in elements
  std::string text = {};                   ///< "memref<32x1x64xui8>", as written

  std::int64_t element_bytes() const { return bits / 8; }
  friend bool operator==(const MemrefType&, const MemrefType&) = default;
};

struct Buffer {
  std::string name = {};
  core::TileId tile = {};
  MemrefType type = {};
  std::int64_t bytes = 0;
  std::vector<std::byte> initial = {};       ///< empty: never written before the program runs
  std::optional<std::int64_t> address = {};  ///< within the tile's memory, where the text fixes it
  Index pool = kNone;                        ///< the object FIFO pool that it belongs to
  Location location = {};
};

/// A counting semaphore of one tile.
struct Lock {
  std::string name = {};
  core::TileId tile = {};
  std::optional<int> id = {};  ///< the hardware's number, where the text fixes it
  int initial = 0;
  Location location = {};
};

/// Taken when the value is at least `value` (then lowered by it), or, with `equal`, when it
/// is exactly `value`. As a release: raised by `value`. No lock: nothing happens.
struct LockUse {
  Index lock = kNone;
  int value = 0;
  bool equal = false;
};

/// The objects of one FIFO in one tile's memory, used in ring order.
struct FifoPool {
  std::string fifo = {};            ///< the object FIFO's symbol
  std::vector<Index> buffers = {};  ///< in ring order
  Location location = {};
};

/// One core's end of an object FIFO. A core that takes n objects takes the locks once for
/// each object that it does not hold yet; it sees held objects oldest first.
struct FifoPort {
  std::string fifo = {};
  bool produce = false;
  Index core = kNone;
  Index pool = kNone;
  LockUse acquire = {};  ///< per object; value is already multiplied by a repeat count
  LockUse release = {};  ///< per object
};

/// One dimension of a DMA access pattern, in elements of the descriptor.
struct Dimension {
  std::int64_t size = 1;
  std::int64_t stride = 1;
};

/// Zeros (or pad_value) added around one dimension, in elements. Mem tile MM2S only.
struct Padding {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

/// What a descriptor reads or writes: a buffer of a tile, or one of the sequence's host
/// buffers (shim DMAs), counted from 0.
struct BdMemory {
  Index buffer = kNone;
  Index host_argument = kNone;
};

/// A buffer descriptor: acquire, move, release, go on to the next.
struct BufferDescriptor {
  std::optional<int> id = {};  ///< the hardware's number, where the text fixes it
  BdMemory memory = {};
  int element_bytes = 1;
  std::int64_t offset = 0;  ///< in elements, from the start of the memory
  std::int64_t length = 0;  ///< in elements that are read or written; padding comes on top
  std::vector<Dimension> dimensions = {};  ///< outermost first; empty: linear
  std::vector<Padding> padding = {};       ///< as dimensions, or empty
  std::int64_t pad_value = 0;
  /// Moves by `iteration.stride` elements at each execution, wrapping after `iteration.size`.
  std::optional<Dimension> iteration = {};
  LockUse acquire = {};
  LockUse release = {};
  std::optional<int> packet_id = {};  ///< of the header that an MM2S puts in front
  Index next = kNone;                 ///< in the same list; kNone ends the task
  Location location = {};
};

using target::Channel;
using target::Direction;

/// A task that a channel starts with as soon as the device is loaded (aie.mem and the like,
/// object FIFOs). The chain runs repeat + 1 times; one that links back to itself never ends.
struct DmaTask {
  Channel channel = {};
  std::vector<BufferDescriptor> descriptors = {};
  Index first = 0;
  int repeat = 0;
  std::string fifo = {};  ///< the object FIFO that it serves, or empty
  Location location = {};
};

using target::Bundle;

struct StreamPort {
  core::TileId tile = {};
  Bundle bundle = Bundle::kDma;
  int channel = 0;
  friend auto operator<=>(const StreamPort&, const StreamPort&) = default;
};

/// A circuit from one port to one or more; words reach all destinations or none. With a
/// packet id only packets of that id take it, and one port may be the source of several.
struct Route {
  StreamPort source = {};
  std::vector<StreamPort> destinations = {};
  std::optional<int> packet_id = {};
  bool keep_packet_header = false;
  std::string fifo = {};
  Location location = {};
};

/// 512-bit values from one core to its southern or eastern neighbour.
struct Cascade {
  core::TileId from = {};
  core::TileId to = {};
};

/// A name under which sequences address a shim channel.
struct ShimAllocation {
  std::string name = {};  ///< of the allocation or of the object FIFO
  Channel channel = {};
};

/// A function that cores call and that is not in the module: native code.
struct Kernel {
  std::string symbol = {};
  /// One per argument: a memref's type, or nothing for a scalar (`scalar_bits`, `is_float`).
  struct Argument {
    std::optional<MemrefType> memref = {};
    int scalar_bits = 32;
    bool is_float = false;
    std::string text = {};
  };
  std::vector<Argument> arguments = {};
  std::vector<std::string> link_with = {};  ///< named at the declaration
  Location location = {};
};

/// Instructions of cores. Registers are 64-bit integers (narrower types sign-extended; floats
/// as their bits); view registers hold a memref. `dst`, `a`, `b`, `c` are registers unless said.
enum class Opcode {
  kConstant,  ///< dst = immediate
  kCopy,      ///< dst = a
  // Integer arithmetic at `bits`: dst = a op b, sign-extended from `bits`.
  kAdd,
  kSub,
  kMul,
  kDivS,
  kDivU,
  kRemS,
  kRemU,
  kAnd,
  kOr,
  kXor,
  kShl,
  kShrS,
  kShrU,
  kMinS,
  kMaxS,
  kMinU,
  kMaxU,
  kCompare,     ///< dst = a <predicate in immediate> b
  kSelect,      ///< dst = a ? b : c
  kTruncate,    ///< dst = a cut to `bits`, sign-extended
  kZeroExtend,  ///< dst = the low `bits` of a
  // Floating point (floats.h), `c` is the Format: dst = a op b, rounded to nearest even.
  kAddF,
  kSubF,
  kMulF,
  kDivF,
  kRemF,
  kMinF,  ///< no number where one operand is none
  kMaxF,
  kMinNumF,  ///< the other operand where one is no number
  kMaxNumF,
  kNegF,       ///< dst = -a
  kCompareF,   ///< dst = a <predicate in immediate> b; the order of arith.cmpf
  kConvertF,   ///< dst = a, of Format b, as Format c
  kToFloat,    ///< dst = the integer a as Format c; immediate 1: a is unsigned, of `bits`
  kFromFloat,  ///< dst = a, of Format c, cut to an integer of `bits`; immediate 1: unsigned
  // Control. `immediate` is the index of the instruction to go to.
  kJump,
  kJumpUnless,  ///< where a is 0
  // Memory. Views are registers of their own numbering.
  kBuffer,  ///< view dst = buffer `immediate` as memref type b
  kView,  ///< view dst = view a moved by `immediate` + register b (kNone: none) elements, as memref
          ///< type c
  kLoad,  ///< dst = view a at the indices `operands`
  kStore,  ///< view a at the indices `operands` = b
  // Synchronization
  kAcquire,      ///< lock `immediate`, value register a, or the literal b where a is kNone; c = 1:
                 ///< equal
  kRelease,      ///< lock `immediate`, likewise
  kFifoAcquire,  ///< port `immediate`: b objects held afterwards
  kFifoView,     ///< view dst = held object b of port `immediate` as memref type c
  kFifoRelease,  ///< port `immediate`: the b oldest are given back
  // The rest
  kCall,  ///< kernel `immediate`(`operands`); an operand is a register or a view as the kernel's
          ///< argument says; dst = result, or kNone
  kCascadePut,  ///< the registers `operands`, `bits` wide each, as one value; the rest is zero
  kCascadeGet,  ///< into the registers `operands`, sign-extended
  kEvent,       ///< a mark in the trace, number `immediate`
  kHalt,
};

struct Instruction {
  Opcode opcode = Opcode::kHalt;
  std::uint8_t bits = 64;
  Index dst = kNone;
  Index a = kNone;
  Index b = kNone;
  Index c = kNone;
  std::int64_t immediate = 0;
  Index operands = kNone;  ///< start of a run in CoreProgram::operands
  Index operand_count = 0;
  Index location = kNone;  ///< in CoreProgram::locations
};

/// Values of Instruction::immediate of a kCompare: the order of arith.cmpi.
enum class Predicate { kEq, kNe, kSlt, kSle, kSgt, kSge, kUlt, kUle, kUgt, kUge };

struct CoreProgram {
  core::TileId tile = {};
  std::vector<Instruction> code = {};
  std::vector<Index> operands = {};
  std::vector<MemrefType> types = {};
  std::vector<Location> locations = {};
  int registers = 0;
  int views = 0;
  std::vector<std::string> link_with = {};  ///< object files named at the core
  std::int64_t stack_bytes = 1024;
  /// The outermost loop has no end: a core that waits there when everything else is done is
  /// idle, not stuck.
  bool endless = false;
  Location location = {};
};

/// What the array's controller does for a sequence, in order. All values are known.
struct ConfigureTask {  ///< writes the descriptors of a task
  Index task = 0;       ///< in Sequence::tasks
};
struct StartTask {  ///< pushes it onto its channel's queue
  Index task = 0;
};
struct AwaitTask {  ///< blocks until that task's token has come
  Index task = 0;
};
struct FreeTask {
  Index task = 0;
};
/// Blocks until a token of each channel in the rectangle has come.
struct Sync {
  Channel channel = {};
  int columns = 1;
  int rows = 1;
};
struct WriteBuffer {  ///< a run-time parameter: 32 bits at word `word` of a buffer
  Index buffer = kNone;
  std::int64_t word = 0;
  std::int32_t value = 0;
  std::uint32_t mask = 0xFFFFFFFF;  ///< bits that are written
};
struct SetLock {
  Index lock = kNone;
  int value = 0;
};
struct WriteRegister {  ///< write32, maskwrite32, blockwrite; what it means is the simulator's to
                        ///< know
  std::uint64_t address = 0;  ///< column << 25 | row << 20 | offset
  std::vector<std::uint32_t> words = {};
  std::uint32_t mask = 0xFFFFFFFF;
};
struct AddressPatch {  ///< puts the address of a host buffer into a shim descriptor's register
  std::uint64_t address = 0;
  Index host_argument = 0;
  std::int64_t plus_bytes = 0;
};
struct PushQueue {  ///< starts a shim descriptor that registers were written for
  Channel channel = {};
  int descriptor = 0;
  int repeat = 0;
  bool issue_token = false;
};
struct ResetChannel {
  Channel channel = {};
};
/// Runs another device's sequence (aiex.configure + aiex.run).
struct RunSequence {
  std::string device = {};
  std::string sequence = {};
  std::vector<Index> arguments = {};  ///< of this sequence, by position
};

struct HostOperation {
  std::variant<ConfigureTask, StartTask, AwaitTask, FreeTask, Sync, WriteBuffer, SetLock,
               WriteRegister, AddressPatch, PushQueue, ResetChannel, RunSequence>
      what;
  Location location = {};
};

/// A task of the sequence; a memcpy is one that is configured and started at once.
struct HostTask {
  Channel channel = {};
  std::vector<BufferDescriptor> descriptors = {};
  int repeat = 0;
  bool issue_token = false;
  std::string allocation = {};  ///< the name by which the text addressed it
  Location location = {};
};

struct Sequence {
  std::string name = {};
  std::vector<MemrefType> arguments = {};  ///< host buffers, in order
  std::vector<HostTask> tasks = {};
  std::vector<HostOperation> operations = {};
  Location location = {};
};

struct DeviceProgram {
  std::string name = {};    ///< the device op's symbol, or empty
  std::string device = {};  ///< "npu1", "npu2_1col": as target::find_device names it
  std::vector<Buffer> buffers = {};
  std::vector<Lock> locks = {};
  std::vector<FifoPool> pools = {};
  std::vector<FifoPort> ports = {};
  std::vector<Kernel> kernels = {};
  std::vector<CoreProgram> cores = {};
  std::vector<DmaTask> dma_tasks = {};
  std::vector<Route> routes = {};
  std::vector<Cascade> cascades = {};
  std::vector<ShimAllocation> allocations = {};
  std::vector<Sequence> sequences = {};
  std::vector<std::string> notes =
      {};  ///< what was read and has no meaning here (trace registers ...)
};

/// A module may hold several devices; a sequence of one can run those of others.
struct Program {
  std::string file = {};
  std::vector<DeviceProgram> devices = {};
};

}  // namespace shiftwise::dialect
