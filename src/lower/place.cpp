// SPDX-License-Identifier: Apache-2.0
#include "lower/place.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/diagnostic.h"

namespace shiftwise::lower {
namespace {

class Placer {
 public:
  Placer(const Program& program, const target::Device& device)
      : program_(program), device_(device) {}

  TileUses run() {
    for (const Core& core : program_.cores) {
      add(core.tile, "stack", device_.stack_bytes);
    }
    for (const ParameterBuffer& buffer : program_.parameters) {
      add(buffer.tile, "parameters", static_cast<std::int64_t>(buffer.initial.size()) * 4);
    }
    for (const LocalBuffer& buffer : program_.buffers) {
      add(buffer.tile, buffer.holds, buffer.object.bytes());
    }
    for (const FifoLink& link : program_.links) add_link(link);
    for (const Fifo& fifo : program_.fifos) add_fifo(fifo);
    for (const Ring& ring : program_.rings) {
      add(ring.owner, pieces(ring.slots, ring.holds), ring.slots * ring.object.bytes());
      uses_[ring.owner].locks += 2 * static_cast<int>(ring.readers.size());
    }
    return std::move(uses_);
  }

 private:
  void add(core::TileId tile, std::string what, std::int64_t bytes) {
    uses_[tile].memory.push_back({std::move(what), bytes});
  }

  static std::string pieces(int count, const std::string& what) {
    return count == 1 ? what : fmt::format("{} rows of {}", count, what);
  }

  bool is_shim(core::TileId tile) const { return device_.kind(tile) == target::TileKind::kShim; }

  const FifoLink* link_at(const Fifo& fifo, core::TileId tile, bool producer) const {
    for (const FifoLink& link : program_.links) {
      const auto& names = producer ? link.to : link.from;
      if (std::find(names.begin(), names.end(), fifo.name) == names.end()) continue;
      if (producer || find(link.to[0]).producer == tile) return &link;
    }
    return nullptr;
  }

  const Fifo& find(const std::string& name) const {
    return *std::find_if(program_.fifos.begin(), program_.fifos.end(),
                         [&](const Fifo& fifo) { return fifo.name == name; });
  }

  int depth_at(const Fifo& fifo, core::TileId tile) const {
    for (std::size_t i = 0; i < fifo.consumers.size(); ++i) {
      if (fifo.consumers[i] == tile) return fifo.depths[i + 1];
    }
    return fifo.depths[0];
  }

  /// The one pool of a link, on the tile where its FIFOs meet, holds objects of the big side.
  void add_link(const FifoLink& link) {
    const core::TileId tile = find(link.to[0]).producer;
    const Fifo& big = link.from.size() > 1 ? find(link.to[0]) : find(link.from[0]);
    const int depth = link.from.size() > 1 ? big.depths[0] : depth_at(big, tile);
    const auto parts = static_cast<int>(std::max(link.from.size(), link.to.size()));
    add(tile, pieces(depth, big.holds), depth * big.object.bytes());
    uses_[tile].locks += 2 * parts;
    uses_[tile].descriptors += depth * parts * 2;
  }

  void add_pool(const Fifo& fifo, core::TileId tile, int depth) {
    if (is_shim(tile)) return;
    add(tile, pieces(depth, fifo.holds), depth * fifo.object.bytes());
    uses_[tile].locks += 2;
  }

  void add_fifo(const Fifo& fifo) {
    const bool linked = link_at(fifo, fifo.producer, true) != nullptr;
    const bool joins =
        fifo.consumers.size() == 1 && link_at(fifo, fifo.consumers[0], false) != nullptr;
    if (fifo.consumers.size() == 1 && !linked && !joins &&
        shared(fifo.producer, fifo.consumers[0])) {
      const core::TileId owner = device_.core_reaches(fifo.consumers[0], fifo.producer)
                                     ? fifo.producer
                                     : fifo.consumers[0];
      add_pool(fifo, owner, fifo.depths[0]);
      return;
    }
    uses_[fifo.producer].mm2s.push_back(fifo.name);
    if (!linked) {
      add_pool(fifo, fifo.producer, fifo.depths[0]);
      if (!is_shim(fifo.producer)) uses_[fifo.producer].descriptors += fifo.depths[0];
    }
    for (std::size_t i = 0; i < fifo.consumers.size(); ++i) {
      const core::TileId tile = fifo.consumers[i];
      uses_[tile].s2mm.push_back(fifo.name);
      if (link_at(fifo, tile, false) != nullptr) continue;
      add_pool(fifo, tile, fifo.depths[i + 1]);
      if (!is_shim(tile)) uses_[tile].descriptors += fifo.depths[i + 1];
    }
  }

  bool shared(core::TileId producer, core::TileId consumer) const {
    if (device_.kind(producer) != target::TileKind::kCompute ||
        device_.kind(consumer) != target::TileKind::kCompute) {
      return false;
    }
    return device_.core_reaches(consumer, producer) || device_.core_reaches(producer, consumer);
  }

  const Program& program_;
  const target::Device& device_;
  TileUses uses_;
};

[[noreturn]] void refuse(const target::Device& device, core::TileId tile, std::string why) {
  throw core::Error({.what = "the design does not fit on the array",
                     .where = fmt::format("{} of {}", target::describe(device, tile), device.name),
                     .why = std::move(why),
                     .hint = "offload fewer stages, or choose another mapping or device"});
}

std::string memory_pieces(const TileUse& use) {
  std::vector<TileUse::Piece> sorted = use.memory;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  std::string text;
  for (const TileUse::Piece& piece : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", piece.what, piece.bytes);
  }
  return text;
}

}  // namespace

std::int64_t TileUse::bytes() const {
  std::int64_t sum = 0;
  for (const Piece& piece : memory) sum += piece.bytes;
  return sum;
}

TileUses place(const Program& program, const target::Device& device) {
  return Placer(program, device).run();
}

void check(const TileUses& uses, const target::Device& device) {
  for (const auto& [tile, use] : uses) {
    const target::TileFacts& facts = device.facts(tile);
    if (use.bytes() > facts.memory_bytes) {
      refuse(device, tile,
             fmt::format("it has {} bytes, and {} are needed: {}", facts.memory_bytes, use.bytes(),
                         memory_pieces(use)));
    }
    const auto channels = static_cast<std::size_t>(device.dma_channels(tile));
    if (use.s2mm.size() > channels || use.mm2s.size() > channels) {
      const bool in = use.s2mm.size() > channels;
      refuse(device, tile,
             fmt::format("it has {} {} channels, and {} are needed: {}", channels,
                         in ? "S2MM" : "MM2S", (in ? use.s2mm : use.mm2s).size(),
                         fmt::join(in ? use.s2mm : use.mm2s, ", ")));
    }
    if (use.locks > facts.locks) {
      refuse(device, tile,
             fmt::format("it has {} locks, and {} are needed", facts.locks, use.locks));
    }
    if (use.descriptors > facts.descriptors) {
      refuse(device, tile,
             fmt::format("it has {} buffer descriptors, and {} are needed", facts.descriptors,
                         use.descriptors));
    }
  }
}

}  // namespace shiftwise::lower
