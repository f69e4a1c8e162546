// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/fifo_pools.h"

#include <fmt/format.h>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// Objects of one pool. A design that asks for more is a typing error, not a design.
constexpr std::int64_t kMostObjects = 4096;

std::int64_t used_bytes(const Design& design, core::TileId tile) {
  std::int64_t bytes = 0;
  for (const Buffer& buffer : design.program.buffers) {
    if (buffer.tile == tile) bytes += buffer.bytes;
  }
  return bytes;
}

/// The tile itself, or for a mem tile that is full a neighbour with room, west first.
core::TileId room_for(const Design& design, core::TileId home, std::int64_t bytes) {
  const target::Device& device = design.device;
  if (device.kind(home) != target::TileKind::kMem) return home;
  const std::int64_t capacity = device.facts(home).memory_bytes;
  const Channel any{home, Direction::kS2mm, 0};
  for (const core::TileId tile :
       {home, core::TileId{home.column - 1, home.row}, core::TileId{home.column + 1, home.row}}) {
    if (device.contains(tile) && device.dma_reaches(any, tile) &&
        used_bytes(design, tile) + bytes <= capacity) {
      return tile;
    }
  }
  return home;  // the verifier lists what fills it
}

Index add_lock(DeviceProgram& program, std::string name, core::TileId tile, std::int64_t initial,
               const Location& location) {
  program.locks.push_back({.name = std::move(name),
                           .tile = tile,
                           .id = std::nullopt,
                           .initial = static_cast<int>(initial),
                           .location = location});
  return static_cast<Index>(program.locks.size()) - 1;
}

}  // namespace

std::string End::name() const {
  if (produce) return fifo->name;
  return fifo->consumers.size() == 1 ? fifo->name + "_cons"
                                     : fmt::format("{}_{}_cons", fifo->name, consumer);
}

std::optional<core::TileId> shared_memory(const Design& design, const ObjectFifo& fifo,
                                          bool linked) {
  const target::Device& device = design.device;
  const core::TileId producer = fifo.producer.tile;
  const FifoEnd& consumer = fifo.consumers.front();
  const bool both_compute = device.kind(producer) == target::TileKind::kCompute &&
                            device.kind(consumer.tile) == target::TileKind::kCompute;
  if (linked || fifo.via_dma || fifo.repeat || fifo.consumers.size() != 1 || !both_compute ||
      !fifo.producer.dimensions.empty() || !consumer.dimensions.empty()) {
    return std::nullopt;
  }
  const auto reached = [&](core::TileId tile) {
    return device.core_reaches(producer, tile) && device.core_reaches(consumer.tile, tile);
  };
  if (fifo.allocated) {
    if (reached(*fifo.allocated)) return fifo.allocated;
    refuse_unfit(
        at(fifo.location, "object FIFO '" + fifo.name + "'"),
        fmt::format("it is allocated on {}, which the cores of {} and {} do not both reach",
                    target::describe(device, *fifo.allocated), target::to_string(producer),
                    target::to_string(consumer.tile)),
        "a core reaches its own memory, its northern, southern and western neighbour's");
  }
  if (fifo.via_shared_memory) {
    const core::TileId wanted = *fifo.via_shared_memory == 0 ? producer : consumer.tile;
    if (reached(wanted)) return wanted;
  }
  if (reached(producer)) return producer;
  if (reached(consumer.tile)) return consumer.tile;
  return std::nullopt;
}

std::int64_t depth_of(const Design& design, const End& end) {
  const ObjectFifo& fifo = *end.fifo;
  if (fifo.depths.size() > 1) return fifo.depths[end.produce ? 0 : 1 + end.consumer];
  const std::int64_t given = fifo.depths.front();
  const bool full_at_start = end.produce && !fifo.initial.empty();
  if (full_at_start || design.device.kind(end.tile()) != target::TileKind::kCompute) return given;
  const auto most = design.most_acquired.find({fifo.name, end.produce, end.tile()});
  if (most == design.most_acquired.end() || most->second == 0) return given;
  // One more than the core holds, so that the DMA can work on it meanwhile.
  return most->second == 1 && given == 1 ? 1 : most->second + 1;
}

Store make_store(Design& design, const End& owner, core::TileId home, std::int64_t depth,
                 const LinkPlan* link) {
  const ObjectFifo& fifo = *owner.fifo;
  const std::string where = at(fifo.location, "object FIFO '" + fifo.name + "'");
  if (depth < 1 || depth > kMostObjects) {
    refuse_invalid(where, fmt::format("a depth of {} objects", depth),
                   fmt::format("depths are 1 to {}", kMostObjects));
  }
  const bool initialized = owner.produce && !fifo.initial.empty();
  if (initialized && static_cast<std::int64_t>(fifo.initial.size()) > depth) {
    refuse_invalid(where,
                   fmt::format("{} initial values for {} objects", fifo.initial.size(), depth),
                   "give at most one for each object");
  }
  DeviceProgram& program = design.program;
  Store store{.pool = static_cast<Index>(program.pools.size()), .element = fifo.element};
  program.pools.push_back({.fifo = fifo.name, .buffers = {}, .location = fifo.location});
  const std::int64_t bytes = elements(fifo.element) * fifo.element.element_bytes();
  for (std::int64_t i = 0; i < depth; ++i) {
    Buffer buffer{.name = fmt::format("{}_buff_{}", owner.name(), i),
                  .tile = room_for(design, home, bytes),
                  .type = fifo.element,
                  .bytes = bytes,
                  .initial = {},
                  .address = std::nullopt,
                  .pool = store.pool,
                  .location = fifo.location};
    const auto at_object = static_cast<std::size_t>(i);
    if (initialized && at_object < fifo.initial.size()) buffer.initial = fifo.initial[at_object];
    store.spilled = store.spilled || buffer.tile != home;
    program.pools.back().buffers.push_back(static_cast<Index>(program.buffers.size()));
    program.buffers.push_back(std::move(buffer));
  }
  store.slices = link != nullptr ? link->slices : std::vector<Slice>{{0, elements(fifo.element)}};
  // A producer's own repeat, unless the pool is a link's: then the outputs' count.
  store.repeats = link != nullptr ? link->repeats
                                  : std::vector<int>{owner.produce ? fifo.repeat.value_or(1) : 1};
  if (!fifo.synchronized) return store;
  const std::int64_t full = initialized ? static_cast<std::int64_t>(fifo.initial.size()) : 0;
  for (std::size_t i = 0; i < store.slices.size(); ++i) {
    const std::string suffix = store.slices.size() == 1 ? "" : fmt::format("_{}", i);
    const std::int64_t repeat = store.repeats[i];
    store.locks.push_back({.empty = add_lock(program, owner.name() + "_prod_lock" + suffix, home,
                                             (depth - full) * repeat, fifo.location),
                           .full = add_lock(program, owner.name() + "_cons_lock" + suffix, home,
                                            full * repeat, fifo.location)});
  }
  return store;
}

}  // namespace shiftwise::dialect
