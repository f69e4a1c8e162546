// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/fifos.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "dialect/derive/fifo_channels.h"
#include "dialect/derive/fifo_pools.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// An end that a DMA channel serves.
struct DmaEnd {
  End end;
  const Store* store = nullptr;  ///< null on shim tiles, where sequences move the data
  Index slice = kNone;           ///< the part of the objects that it moves; kNone: all, in turn
  Channel channel;
};

class Lowering {
 public:
  explicit Lowering(Design& design) : design_(design), links_(plan_links(design)) {}

  FifoPorts run() {
    // Names first, in the order of the text: channels and spilled buffers depend on it.
    for (const ObjectFifo& fifo : design_.fifos) make_stores(fifo);
    assign_channels();
    for (std::size_t i = 0; i < dma_ends_.size(); ++i) make_task(dma_ends_[i]);
    make_routes();
    return std::move(ports_);
  }

 private:
  /// The link that `end` is a part of, or null.
  const LinkPlan* link_of(const End& end) const {
    for (const LinkPlan& plan : links_) {
      const auto& members = end.produce ? plan.outputs : plan.inputs;
      if (end.tile() == plan.tile &&
          std::find(members.begin(), members.end(), end.fifo) != members.end()) {
        return &plan;
      }
    }
    return nullptr;
  }

  bool linked(const ObjectFifo& fifo) const {
    return std::any_of(links_.begin(), links_.end(), [&](const LinkPlan& plan) {
      return std::count(plan.inputs.begin(), plan.inputs.end(), &fifo) != 0 ||
             std::count(plan.outputs.begin(), plan.outputs.end(), &fifo) != 0;
    });
  }

  void make_stores(const ObjectFifo& fifo) {
    if (const auto tile = shared_memory(design_, fifo, linked(fifo))) {
      const End producer{&fifo, true, 0};
      const Store& store = keep(make_store(design_, producer, *tile, fifo.depths.front(), nullptr));
      add_port(producer, store);
      add_port({&fifo, false, 0}, store);
      return;
    }
    add_dma_end({&fifo, true, 0});
    for (std::size_t i = 0; i < fifo.consumers.size(); ++i) add_dma_end({&fifo, false, i});
  }

  void add_dma_end(const End& end) {
    DmaEnd dma{.end = end, .channel = {end.tile(), direction(end), 0}};
    if (design_.device.kind(end.tile()) == target::TileKind::kShim) {
      dma_ends_.push_back(dma);
      return;
    }
    if (const LinkPlan* link = link_of(end)) {
      dma.store = &linked_store(*link);
      if (link->owner != end.fifo && link->kind != LinkKind::kPlain) {
        const auto& small = end.produce ? link->outputs : link->inputs;
        dma.slice =
            static_cast<Index>(std::find(small.begin(), small.end(), end.fifo) - small.begin());
      }
      refuse_cores(end);
    } else {
      dma.store = &keep(make_store(design_, end, end.tile(), depth_of(design_, end), nullptr));
      add_port(end, *dma.store);
    }
    dma_ends_.push_back(dma);
  }

  const Store& linked_store(const LinkPlan& link) {
    const auto made = link_stores_.find(&link);
    if (made != link_stores_.end()) return *made->second;
    End owner{link.owner, !link.owner_is_input, 0};
    while (!owner.produce && owner.tile() != link.tile) ++owner.consumer;
    const Store& store =
        keep(make_store(design_, owner, link.tile, depth_of(design_, owner), &link));
    link_stores_[&link] = &store;
    return store;
  }

  /// A core on the tile of a link would take objects that the DMAs pass on.
  void refuse_cores(const End& end) const {
    if (design_.most_acquired.contains({end.fifo->name, end.produce, end.tile()})) {
      refuse_unsupported(at(end.fifo->location, "object FIFO '" + end.fifo->name + "'"),
                         fmt::format("the core of {} acquires it, where a link passes it on",
                                     target::to_string(end.tile())),
                         "let the core use another object FIFO, or drop the link");
    }
  }

  void add_port(const End& end, const Store& store) {
    FifoPort port{.fifo = end.fifo->name, .produce = end.produce, .pool = store.pool};
    if (!store.locks.empty()) {
      const Store::Pair& locks = store.locks.front();
      const int count = store.repeats.front();
      port.acquire = {.lock = end.produce ? locks.empty : locks.full, .value = count};
      port.release = {.lock = end.produce ? locks.full : locks.empty, .value = count};
    }
    ports_[{end.fifo->name, end.produce, end.tile()}] = port;
  }

  void assign_channels() {
    ChannelPool channels(design_);
    // Those that reach into a neighbour can only use some channels, so they choose first.
    for (const bool spilled : {true, false}) {
      for (DmaEnd& dma : dma_ends_) {
        if ((dma.store != nullptr && dma.store->spilled) != spilled) continue;
        std::vector<core::TileId> reached{dma.end.tile()};
        if (spilled) {
          for (const Index buffer : buffers(*dma.store)) {
            reached.push_back(design_.program.buffers[static_cast<std::size_t>(buffer)].tile);
          }
        }
        dma.channel = channels.take(dma.channel, reached, *dma.end.fifo);
      }
    }
  }

  const std::vector<Index>& buffers(const Store& store) const {
    return design_.program.pools[static_cast<std::size_t>(store.pool)].buffers;
  }

  void make_task(const DmaEnd& dma) {
    if (dma.store == nullptr) {
      allocate_shim(dma);
      return;
    }
    const ObjectFifo& fifo = *dma.end.fifo;
    DmaTask task{.channel = dma.channel, .fifo = fifo.name, .location = fifo.location};
    for (const Index buffer : buffers(*dma.store)) add_object(task, dma, buffer);
    const auto count = static_cast<Index>(task.descriptors.size());
    for (Index i = 0; i < count; ++i) {
      task.descriptors[static_cast<std::size_t>(i)].next = (i + 1) % count;
    }
    if (dma.end.produce && fifo.iterations) {
      task.descriptors.back().next = kNone;
      task.repeat = *fifo.iterations - 1;
    }
    design_.program.dma_tasks.push_back(std::move(task));
  }

  /// The descriptors that move one object.
  void add_object(DmaTask& task, const DmaEnd& dma, Index buffer) const {
    const Store& store = *dma.store;
    const bool sends = dma.end.produce;
    const auto add_slice = [&](std::size_t i) {
      const int times = sends ? store.repeats[i] : 1;
      for (int r = 0; r < times; ++r) task.descriptors.push_back(descriptor(dma, buffer, i));
    };
    if (dma.slice != kNone) {
      add_slice(static_cast<std::size_t>(dma.slice));
    } else if (store.slices.size() == 1) {
      add_slice(0);
    } else {
      // Slice after slice, and the whole object again where it is repeated.
      const int times = sends ? store.repeats.front() : 1;
      for (int r = 0; r < times; ++r) {
        for (std::size_t i = 0; i < store.slices.size(); ++i) {
          task.descriptors.push_back(descriptor(dma, buffer, i));
        }
      }
    }
  }

  BufferDescriptor descriptor(const DmaEnd& dma, Index buffer, std::size_t slice) const {
    const Store& store = *dma.store;
    const ObjectFifo& fifo = *dma.end.fifo;
    BufferDescriptor result{.memory = {.buffer = buffer},
                            .element_bytes = static_cast<int>(store.element.element_bytes()),
                            .offset = store.slices[slice].offset,
                            .length = store.slices[slice].length,
                            .dimensions = dma.end.end().dimensions,
                            .location = fifo.location};
    if (dma.end.produce && !fifo.padding.empty()) {
      // What is sent is the padded object; what is read is what the dimensions say.
      result.length = 1;
      for (const Dimension& dimension : result.dimensions) {
        if (__builtin_mul_overflow(result.length, dimension.size, &result.length)) {
          refuse_invalid(at(fifo.location, "object FIFO '" + fifo.name + "'"),
                         "its sizes multiply to more than any memory");
        }
      }
      result.padding = fifo.padding;
      result.pad_value = fifo.pad_value;
    }
    if (!store.locks.empty()) {
      const Store::Pair& locks = store.locks[slice];
      // What is sent several times is counted several times by the side that fills it.
      const int count = dma.end.produce ? 1 : store.repeats[slice];
      result.acquire = {.lock = dma.end.produce ? locks.full : locks.empty, .value = count};
      result.release = {.lock = dma.end.produce ? locks.empty : locks.full, .value = count};
    }
    return result;
  }

  void allocate_shim(const DmaEnd& dma) {
    const std::string& name = dma.end.fifo->name;
    design_.program.allocations.push_back({.name = name, .channel = dma.channel});
    design_.program.allocations.push_back({.name = name + "_shim_alloc", .channel = dma.channel});
  }

  void make_routes() {
    for (const DmaEnd& dma : dma_ends_) {
      const StreamPort port{dma.channel.tile, Bundle::kDma, dma.channel.number};
      if (dma.end.produce) {
        design_.program.routes.push_back({.source = port,
                                          .destinations = {},
                                          .packet_id = std::nullopt,
                                          .fifo = dma.end.fifo->name,
                                          .location = dma.end.fifo->location});
      } else {
        design_.program.routes.back().destinations.push_back(port);
      }
    }
  }

  static Direction direction(const End& end) {
    return end.produce ? Direction::kMm2s : Direction::kS2mm;
  }

  const Store& keep(Store store) { return stores_.emplace_back(std::move(store)); }

  Design& design_;
  std::vector<LinkPlan> links_;
  std::deque<Store> stores_;  // addresses stay
  std::map<const LinkPlan*, const Store*> link_stores_;
  std::vector<DmaEnd> dma_ends_;
  FifoPorts ports_;
};

}  // namespace

FifoPorts lower_fifos(Design& design) { return Lowering(design).run(); }

}  // namespace shiftwise::dialect
