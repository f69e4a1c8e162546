// SPDX-License-Identifier: Apache-2.0
#include "sim/design_builder.h"

#include <fmt/format.h>

#include "core/diagnostic.h"

namespace shiftwise::sim {

using dialect::Instruction;
using dialect::Opcode;

namespace {

class TestCode final : public CoreCode {
 public:
  explicit TestCode(const std::map<std::string, NativeFunction>& functions)
      : functions_(functions) {}
  NativeFunction find(const dialect::Kernel& kernel) override {
    const NativeFunction& function = functions_.at(kernel.symbol);
    return [this, &function](std::span<const kernel::Value> values) {
      TestKernels::cascade() = {put_, get_};
      return function(values);
    };
  }
  void on_cascade(std::function<void(const std::byte*)> put,
                  std::function<void(std::byte*)> get) override {
    put_ = std::move(put);
    get_ = std::move(get);
  }

 private:
  const std::map<std::string, NativeFunction>& functions_;
  std::function<void(const std::byte*)> put_;
  std::function<void(std::byte*)> get_;
};

}  // namespace

TestKernels::Cascade& TestKernels::cascade() {
  static Cascade cascade;
  return cascade;
}

std::unique_ptr<CoreCode> TestKernels::load(const dialect::CoreProgram&) {
  return std::make_unique<TestCode>(functions_);
}

// ---- CoreWriter

Index CoreWriter::emit(Instruction instruction) {
  instruction.location = static_cast<Index>(program_.locations.size());
  program_.locations.push_back(fmt::format("{}:{}", program_.location, program_.code.size()));
  program_.code.push_back(instruction);
  return static_cast<Index>(program_.code.size()) - 1;
}

Index CoreWriter::type(const dialect::MemrefType& type) {
  program_.types.push_back(type);
  return static_cast<Index>(program_.types.size()) - 1;
}

Index CoreWriter::constant(std::int64_t value) {
  const Index dst = new_register();
  emit({.opcode = Opcode::kConstant, .dst = dst, .immediate = value});
  return dst;
}

Index CoreWriter::add(Index a, Index b) {
  const Index dst = new_register();
  emit({.opcode = Opcode::kAdd, .bits = 32, .dst = dst, .a = a, .b = b});
  return dst;
}

void CoreWriter::acquire(Index lock, int value, bool equal) {
  emit({.opcode = Opcode::kAcquire, .b = value, .c = equal ? 1 : 0, .immediate = lock});
}

void CoreWriter::release(Index lock, int value) {
  emit({.opcode = Opcode::kRelease, .b = value, .immediate = lock});
}

void CoreWriter::fifo_acquire(Index port, int held) {
  emit({.opcode = Opcode::kFifoAcquire, .b = held, .immediate = port});
}

Index CoreWriter::object(Index port, int number, const dialect::MemrefType& memref) {
  const Index dst = new_view();
  emit(
      {.opcode = Opcode::kFifoView, .dst = dst, .b = number, .c = type(memref), .immediate = port});
  return dst;
}

void CoreWriter::fifo_release(Index port, int count) {
  emit({.opcode = Opcode::kFifoRelease, .b = count, .immediate = port});
}

Index CoreWriter::view(Index buffer, const dialect::MemrefType& memref) {
  const Index dst = new_view();
  emit({.opcode = Opcode::kBuffer, .dst = dst, .b = type(memref), .immediate = buffer});
  return dst;
}

Index CoreWriter::load(Index view, Index at, int bits) {
  const Index dst = new_register();
  const auto operands = static_cast<Index>(program_.operands.size());
  program_.operands.push_back(at);
  emit({.opcode = Opcode::kLoad,
        .bits = static_cast<std::uint8_t>(bits),
        .dst = dst,
        .a = view,
        .operands = operands,
        .operand_count = 1});
  return dst;
}

void CoreWriter::store(Index view, Index at, Index value, int bits) {
  const auto operands = static_cast<Index>(program_.operands.size());
  program_.operands.push_back(at);
  emit({.opcode = Opcode::kStore,
        .bits = static_cast<std::uint8_t>(bits),
        .a = view,
        .b = value,
        .operands = operands,
        .operand_count = 1});
}

void CoreWriter::call(Index kernel, const std::vector<Index>& operands) {
  const auto begin = static_cast<Index>(program_.operands.size());
  program_.operands.insert(program_.operands.end(), operands.begin(), operands.end());
  emit({.opcode = Opcode::kCall,
        .immediate = kernel,
        .operands = begin,
        .operand_count = static_cast<Index>(operands.size())});
}

void CoreWriter::cascade_put(Index value) {
  const auto at = static_cast<Index>(program_.operands.size());
  program_.operands.push_back(value);
  emit({.opcode = Opcode::kCascadePut, .bits = 32, .operands = at, .operand_count = 1});
}

Index CoreWriter::cascade_get() {
  const Index dst = new_register();
  const auto at = static_cast<Index>(program_.operands.size());
  program_.operands.push_back(dst);
  emit({.opcode = Opcode::kCascadeGet, .bits = 32, .operands = at, .operand_count = 1});
  return dst;
}

void CoreWriter::event(int number) { emit({.opcode = Opcode::kEvent, .immediate = number}); }

void CoreWriter::loop(std::int64_t times, const std::function<void()>& body) {
  const Index limit = constant(times);
  const Index one = constant(1);
  const Index i = constant(0);
  const auto top = static_cast<std::int64_t>(program_.code.size());
  Index exit = kNone;
  if (times == 0) {
    program_.endless = true;
  } else {
    const Index inside = new_register();
    emit({.opcode = Opcode::kCompare,
          .dst = inside,
          .a = i,
          .b = limit,
          .immediate = static_cast<std::int64_t>(dialect::Predicate::kSlt)});
    exit = emit({.opcode = Opcode::kJumpUnless, .a = inside});
  }
  body();
  emit({.opcode = Opcode::kAdd, .dst = i, .a = i, .b = one});
  emit({.opcode = Opcode::kJump, .immediate = top});
  if (exit != kNone) {
    program_.code[static_cast<std::size_t>(exit)].immediate =
        static_cast<std::int64_t>(program_.code.size());
  }
}

void CoreWriter::halt() { emit({.opcode = Opcode::kHalt}); }

// ---- DesignBuilder

DesignBuilder::DesignBuilder(const std::string& device) { program_.device = device; }

dialect::MemrefType DesignBuilder::bytes_type(std::int64_t bytes) {
  return {.bits = 8, .shape = {bytes}, .strides = {1}, .text = fmt::format("memref<{}xi8>", bytes)};
}

dialect::MemrefType DesignBuilder::words_type(std::int64_t words) {
  return {
      .bits = 32, .shape = {words}, .strides = {1}, .text = fmt::format("memref<{}xi32>", words)};
}

Index DesignBuilder::buffer(const std::string& name, core::TileId tile, std::int64_t bytes,
                            std::vector<std::byte> initial) {
  program_.buffers.push_back({.name = name,
                              .tile = tile,
                              .type = bytes_type(bytes),
                              .bytes = bytes,
                              .initial = std::move(initial),
                              .location = "test:" + name});
  return static_cast<Index>(program_.buffers.size()) - 1;
}

Index DesignBuilder::lock(const std::string& name, core::TileId tile, int initial) {
  program_.locks.push_back(
      {.name = name, .tile = tile, .initial = initial, .location = "test:" + name});
  return static_cast<Index>(program_.locks.size()) - 1;
}

Index DesignBuilder::kernel(const std::string& symbol, int memrefs, std::int64_t bytes,
                            int scalars) {
  dialect::Kernel kernel{.symbol = symbol, .location = "test:" + symbol};
  for (int i = 0; i < memrefs; ++i) kernel.arguments.push_back({.memref = bytes_type(bytes)});
  for (int i = 0; i < scalars; ++i) kernel.arguments.emplace_back();
  program_.kernels.push_back(std::move(kernel));
  return static_cast<Index>(program_.kernels.size()) - 1;
}

void DesignBuilder::route(const Channel& source, const std::vector<Channel>& sinks,
                          std::optional<int> packet_id) {
  const auto port = [](const Channel& channel) {
    return dialect::StreamPort{channel.tile, target::Bundle::kDma, channel.number};
  };
  dialect::Route route{.source = port(source), .packet_id = packet_id, .location = "test:route"};
  for (const Channel& sink : sinks) route.destinations.push_back(port(sink));
  program_.routes.push_back(std::move(route));
}

dialect::BufferDescriptor DesignBuilder::descriptor(Index buffer, std::int64_t bytes,
                                                    dialect::LockUse acquire,
                                                    dialect::LockUse release) {
  return {.memory = {.buffer = buffer},
          .length = bytes,
          .acquire = acquire,
          .release = release,
          .location = "test:bd"};
}

void DesignBuilder::dma(const Channel& channel, std::vector<dialect::BufferDescriptor> descriptors,
                        bool ring, int repeat) {
  const auto count = static_cast<Index>(descriptors.size());
  for (Index i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    descriptors[static_cast<std::size_t>(i)].next = !last ? i + 1 : ring ? 0 : kNone;
  }
  program_.dma_tasks.push_back({.channel = channel,
                                .descriptors = std::move(descriptors),
                                .repeat = repeat,
                                .location = "test:dma"});
}

CoreWriter DesignBuilder::core(core::TileId tile) {
  program_.cores.reserve(16);  // writers refer to them
  program_.cores.push_back(
      {.tile = tile, .location = fmt::format("test:core_{}_{}", tile.column, tile.row)});
  return CoreWriter(program_.cores.back());
}

Index DesignBuilder::pool(const std::string& name, core::TileId tile, int depth,
                          std::int64_t bytes) {
  dialect::FifoPool pool{.fifo = name, .location = "test:" + name};
  const auto index = static_cast<Index>(program_.pools.size());
  for (int i = 0; i < depth; ++i) {
    pool.buffers.push_back(buffer(fmt::format("{}_buff_{}", name, i), tile, bytes));
    program_.buffers.back().pool = index;
  }
  program_.pools.push_back(std::move(pool));
  return index;
}

Index DesignBuilder::port(const std::string& fifo, bool produce, core::TileId tile, Index pool,
                          Index empty, Index full) {
  program_.ports.push_back({.fifo = fifo,
                            .produce = produce,
                            .pool = pool,
                            .acquire = {.lock = produce ? empty : full, .value = 1},
                            .release = {.lock = produce ? full : empty, .value = 1}});
  (void)tile;
  return static_cast<Index>(program_.ports.size()) - 1;
}

std::pair<Index, Index> DesignBuilder::shared_fifo(const std::string& name, core::TileId tile,
                                                   core::TileId from, core::TileId to, int depth,
                                                   std::int64_t bytes) {
  const Index objects = pool(name, tile, depth, bytes);
  const Index empty = lock(name + "_prod_lock", tile, depth);
  const Index full = lock(name + "_cons_lock", tile, 0);
  const Index produces = port(name, true, from, objects, empty, full);
  return {produces, port(name, false, to, objects, empty, full)};
}

TestFifo DesignBuilder::fifo(const std::string& name, core::TileId from,
                             const std::vector<core::TileId>& to, int depth, std::int64_t bytes) {
  // Channels are taken in the order of the calls.
  const auto next = [&](core::TileId tile, Direction direction) {
    int number = 0;
    for (const dialect::Route& route : program_.routes) {
      if (direction == Direction::kMm2s && route.source.tile == tile) ++number;
      for (const dialect::StreamPort& port : route.destinations) {
        if (direction == Direction::kS2mm && port.tile == tile) ++number;
      }
    }
    return Channel{tile, direction, number};
  };
  const auto ring = [&](const Channel& channel, Index objects, Index acquire, Index release) {
    std::vector<dialect::BufferDescriptor> descriptors;
    for (const Index object : program_.pools[static_cast<std::size_t>(objects)].buffers) {
      descriptors.push_back(descriptor(object, bytes, {acquire, 1}, {release, 1}));
    }
    dma(channel, std::move(descriptors));
    program_.dma_tasks.back().fifo = name;
  };
  TestFifo result;
  result.source = next(from, Direction::kMm2s);
  if (from.row > 0) {
    const Index objects = pool(name, from, depth, bytes);
    const Index empty = lock(name + "_prod_lock", from, depth);
    const Index full = lock(name + "_cons_lock", from, 0);
    result.producer = port(name, true, from, objects, empty, full);
    ring(result.source, objects, full, empty);
  }
  for (std::size_t i = 0; i < to.size(); ++i) {
    result.sinks.push_back(next(to[i], Direction::kS2mm));
    result.consumers.push_back(kNone);
    if (to[i].row == 0) continue;
    const std::string end = to.size() == 1 ? name + "_cons" : fmt::format("{}_{}_cons", name, i);
    const Index objects = pool(end, to[i], depth, bytes);
    const Index empty = lock(end + "_prod_lock", to[i], depth);
    const Index full = lock(end + "_cons_lock", to[i], 0);
    result.consumers.back() = port(name, false, to[i], objects, empty, full);
    ring(result.sinks.back(), objects, empty, full);
  }
  route(result.source, result.sinks);
  program_.routes.back().fifo = name;
  return result;
}

dialect::Sequence& DesignBuilder::sequence() {
  if (program_.sequences.empty()) {
    program_.sequences.push_back({.name = "run", .location = "test:run"});
  }
  return program_.sequences.front();
}

Index DesignBuilder::argument(std::int64_t bytes) {
  sequence().arguments.push_back(bytes_type(bytes));
  return static_cast<Index>(sequence().arguments.size()) - 1;
}

Index DesignBuilder::transfer(const Channel& channel, Index argument, std::int64_t offset,
                              std::int64_t bytes, bool token) {
  return transfer(channel,
                  {.memory = {.host_argument = argument},
                   .offset = offset,
                   .length = bytes,
                   .location = "test:memcpy"},
                  token);
}

Index DesignBuilder::transfer(const Channel& channel, dialect::BufferDescriptor descriptor,
                              bool token, int repeat) {
  const auto task = static_cast<Index>(sequence().tasks.size());
  sequence().tasks.push_back({.channel = channel,
                              .descriptors = {std::move(descriptor)},
                              .repeat = repeat,
                              .issue_token = token,
                              .location = fmt::format("test:task{}", task)});
  operation(dialect::ConfigureTask{task});
  operation(dialect::StartTask{task});
  return task;
}

void DesignBuilder::await(Index task) { operation(dialect::AwaitTask{task}); }

void DesignBuilder::operation(decltype(dialect::HostOperation::what) what) {
  const auto number = sequence().operations.size();
  sequence().operations.push_back({std::move(what), fmt::format("test:run:{}", number)});
}

std::vector<std::byte> counting(std::size_t bytes, int first) {
  std::vector<std::byte> result(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    result[i] = static_cast<std::byte>(static_cast<std::size_t>(first) + i);
  }
  return result;
}

Result run(Array& array, std::vector<std::vector<std::byte>>& buffers) {
  std::vector<std::span<std::byte>> spans(buffers.begin(), buffers.end());
  return array.run("", spans);
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace shiftwise::sim
