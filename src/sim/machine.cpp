// SPDX-License-Identifier: Apache-2.0
#include "sim/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "sim/fail.h"
#include "sim/path_statistics.h"
#include "sim/validate.h"
#include "sim/waiting_graph.h"

namespace shiftwise::sim {

using dialect::kNone;
using target::Bundle;
using target::Direction;

namespace {

constexpr int kNoPacket = -1;

/// Shim DMAs sit behind South ports of their switch (AIETargetModel, shim mux).
dialect::StreamPort canonical(const target::Device& device, dialect::StreamPort port, bool source) {
  if (port.bundle != Bundle::kSouth || device.kind(port.tile) != target::TileKind::kShim) {
    return port;
  }
  constexpr int kMm2sPorts[] = {3, 7};
  constexpr int kS2mmPorts[] = {2, 3};
  for (int i = 0; i < 2; ++i) {
    if (port.channel == (source ? kMm2sPorts[i] : kS2mmPorts[i])) {
      return {port.tile, Bundle::kDma, i};
    }
  }
  return port;
}

target::Channel channel_of(const dialect::StreamPort& port, bool source) {
  return {port.tile, source ? Direction::kMm2s : Direction::kS2mm, port.channel};
}

bool carries_nothing(const dialect::Route& route) {
  return route.source.bundle == Bundle::kTrace || route.source.bundle == Bundle::kTileControl;
}

}  // namespace

Machine::Machine(const dialect::DeviceProgram& program, const target::Device& device,
                 const Options& options, KernelSource* kernels, Cycles begin)
    : context_(program, device, options, begin),
      kernel_counts_(program.kernels.size()),
      notes_(program.notes),
      controller_(
          context_, [this](const target::Channel& id) -> Channel& { return channel(id); },
          run_notes_) {
  validate(program, device);
  const std::set<target::Channel> used = used_channels();
  context_.actors.emplace_back("the host sequence");
  for (const dialect::CoreProgram& core : program.cores) {
    context_.actors.push_back("core " + target::to_string(core.tile));
  }
  for (const target::Channel& id : used) context_.actors.push_back(target::to_string(id));
  context_.actors.emplace_back("another channel");
  const std::size_t actors = context_.checks() && races_possible() ? context_.actors.size() : 0;
  make_locks(actors);
  make_channels(used, static_cast<int>(program.cores.size()) + 1, actors);
  make_streams();
  make_cores(actors, kernels);
  make_cascades();
}

std::set<target::Channel> Machine::used_channels() const {
  std::set<target::Channel> used;
  for (const dialect::Route& route : context_.program.routes) {
    if (carries_nothing(route)) continue;
    const auto source = canonical(context_.device, route.source, true);
    if (source.bundle == Bundle::kDma) used.insert(channel_of(source, true));
    for (const dialect::StreamPort& port : route.destinations) {
      const auto sink = canonical(context_.device, port, false);
      if (sink.bundle == Bundle::kDma) used.insert(channel_of(sink, false));
    }
  }
  for (const dialect::DmaTask& task : context_.program.dma_tasks) used.insert(task.channel);
  for (const dialect::Sequence& sequence : context_.program.sequences) {
    for (const dialect::HostTask& task : sequence.tasks) used.insert(task.channel);
  }
  return used;
}

/// Whether a buffer that belongs to no object FIFO is touched by more than one.
bool Machine::races_possible() const {
  std::map<dialect::Index, std::set<std::string>> users;
  const auto add = [&](dialect::Index buffer, const std::string& user) {
    if (buffer != kNone &&
        context_.program.buffers[static_cast<std::size_t>(buffer)].pool == kNone) {
      users[buffer].insert(user);
    }
  };
  for (const dialect::DmaTask& task : context_.program.dma_tasks) {
    for (const auto& descriptor : task.descriptors) {
      add(descriptor.memory.buffer, target::to_string(task.channel));
    }
  }
  for (const dialect::Sequence& sequence : context_.program.sequences) {
    for (const dialect::HostTask& task : sequence.tasks) {
      for (const auto& descriptor : task.descriptors) {
        add(descriptor.memory.buffer, target::to_string(task.channel));
      }
    }
  }
  for (const dialect::CoreProgram& core : context_.program.cores) {
    for (const dialect::Instruction& instruction : core.code) {
      if (instruction.opcode == dialect::Opcode::kBuffer) {
        add(static_cast<dialect::Index>(instruction.immediate), target::to_string(core.tile));
      }
    }
  }
  return std::ranges::any_of(users, [](const auto& entry) { return entry.second.size() > 1; });
}

void Machine::make_locks(std::size_t actors) {
  for (const dialect::Lock& lock : context_.program.locks) {
    const auto index = static_cast<int>(context_.locks.size());
    context_.locks.emplace_back(lock, index, context_.device.lock_max, actors, context_.clock,
                                context_.options.observer);
  }
}

void Machine::make_channels(const std::set<target::Channel>& used, int first_actor,
                            std::size_t actors) {
  for (const target::Channel& id : used) {
    if (id.number < 0 || id.number >= context_.device.dma_channels(id.tile)) {
      fail(fmt::format("there is no {}", target::to_string(id)), {},
           fmt::format("a {} has {} channels in each direction",
                       target::describe(context_.device, id.tile),
                       context_.device.dma_channels(id.tile)));
    }
    channels_[id] = std::make_unique<Channel>(context_, id, first_actor++, actors);
  }
  for (const dialect::DmaTask& task : context_.program.dma_tasks) {
    channels_.at(task.channel)->set_fifo(task.fifo);
  }
  for (const dialect::ShimAllocation& allocation : context_.program.allocations) {
    const auto found = channels_.find(allocation.channel);
    if (found != channels_.end() && found->second->fifo().empty()) {
      found->second->set_fifo(allocation.name);
    }
  }
}

/// One that nothing else in the design uses: it has no flow.
Channel& Machine::channel(const target::Channel& id) {
  const auto found = channels_.find(id);
  if (found != channels_.end()) return *found->second;
  if (id.number < 0 || id.number >= context_.device.dma_channels(id.tile)) {
    fail(fmt::format("there is no {}", target::to_string(id)), controller_.where(),
         fmt::format("a {} has {} channels in each direction",
                     target::describe(context_.device, id.tile),
                     context_.device.dma_channels(id.tile)));
  }
  const bool races = !channels_.empty() && channels_.begin()->second->causality().enabled();
  const auto last = static_cast<int>(context_.actors.size()) - 1;
  auto made = std::make_unique<Channel>(context_, id, last, races ? context_.actors.size() : 0);
  return *(channels_[id] = std::move(made));
}

// ---- Streams

void Machine::make_streams() {
  for (const dialect::Route& route : context_.program.routes) {
    if (carries_nothing(route)) {
      notes_.push_back(fmt::format("{}: no {} data is simulated", route.location,
                                   target::name(route.source.bundle)));
    } else {
      add_route(route);
    }
  }
}

Channel& Machine::end_of(const dialect::Route& route, const dialect::StreamPort& port,
                         bool source) {
  const dialect::StreamPort end = canonical(context_.device, port, source);
  if (end.bundle != Bundle::kDma) {
    fail(fmt::format("a flow {} {} {} of tile {}", source ? "begins at" : "ends at",
                     target::name(end.bundle), end.channel, target::to_string(end.tile)),
         route.location, "only flows between DMA channels are simulated");
  }
  return *channels_.at(channel_of(end, source));
}

/// Routes of one source are one circuit: words reach all ends.
void Machine::add_route(const dialect::Route& route) {
  Channel& source = end_of(route, route.source, true);
  Stream*& stream = streams_by_source_[{source.id(), route.packet_id.value_or(kNoPacket)}];
  if (stream == nullptr) {
    stream = &streams_.emplace_back(context_, route, source);
    source.connect(*stream, route.packet_id);
  }
  for (const dialect::StreamPort& port : route.destinations) {
    Channel& sink = end_of(route, port, false);
    const bool taken = std::ranges::any_of(sink.senders, [&](const Stream* other) {
      return other == stream || !route.packet_id || !other->packets();
    });
    if (taken) {
      fail(fmt::format("two flows end at {}", sink.describe()), route.location,
           "a port takes one circuit, or packets");
    }
    stream->add_sink(sink);
  }
}

// ---- Cores

void Machine::make_cores(std::size_t actors, KernelSource* kernels) {
  for (std::size_t i = 0; i < context_.program.cores.size(); ++i) {
    const dialect::CoreProgram& program = context_.program.cores[i];
    const bool calls = std::ranges::any_of(program.code, [](const auto& instruction) {
      return instruction.opcode == dialect::Opcode::kCall;
    });
    std::unique_ptr<CoreCode> code;
    if (calls && kernels != nullptr) code = kernels->load(program);
    cores_.emplace_back(context_, static_cast<dialect::Index>(i), static_cast<int>(i) + 1, actors,
                        std::move(code), kernel_counts_);
  }
}

void Machine::make_cascades() {
  for (const dialect::Cascade& design : context_.program.cascades) {
    const auto at = [&](core::TileId tile) {
      return std::ranges::find_if(cores_,
                                  [&](const Core& core) { return core.program().tile == tile; });
    };
    const auto from = at(design.from);
    const auto to = at(design.to);
    Cascade& cascade = cascades_.emplace_back(
        fmt::format("the cascade from core {} to core {}", target::to_string(design.from),
                    target::to_string(design.to)),
        static_cast<std::size_t>(context_.device.cascade_depth), context_.clock);
    cascade_ends_.push_back({&cascade, {design.from, design.to}});
    if (from != cores_.end()) from->connect_output(cascade);
    if (to != cores_.end()) to->connect_input(cascade);
  }
}

void Machine::start() {
  started_ = true;
  for (const dialect::DmaTask& task : context_.program.dma_tasks) {
    auto chain = std::make_shared<Chain>();
    chain->descriptors = task.descriptors;
    chain->executions.resize(task.descriptors.size());
    channels_.at(task.channel)
        ->push({.chain = std::move(chain),
                .first = task.first,
                .repeat = task.repeat,
                .location = task.location});
  }
  for (Core& core : cores_) context_.clock.at(context_.clock.now(), core);
}

// ---- Runs

void Machine::check_arguments(const dialect::Sequence& sequence,
                              std::span<const std::span<std::byte>> arguments) const {
  if (arguments.size() != sequence.arguments.size()) {
    throw core::Error(
        {.fault = core::Fault::kUsage,
         .what = fmt::format("sequence '{}' takes {} host buffers, not {}", sequence.name,
                             sequence.arguments.size(), arguments.size()),
         .where = sequence.location});
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::int64_t needed = total_bytes(sequence.arguments[i]);
    if (static_cast<std::int64_t>(arguments[i].size()) >= needed) continue;
    throw core::Error(
        {.fault = core::Fault::kUsage,
         .what = fmt::format("host buffer {} of sequence '{}' is too small", i, sequence.name),
         .where = sequence.location,
         .why = fmt::format("{} bytes; {} has {}", arguments[i].size(), sequence.arguments[i].text,
                            needed)});
  }
}

/// Nothing that anybody waits for is left to do.
bool Machine::settled() const {
  return std::ranges::all_of(cores_, [](const Core& core) {
    return core.halted() || (core.program().endless && core.waiting());
  });
}

Outcome Machine::pass_time(bool has_sequence) {
  constexpr std::int64_t kEventsBetweenLooks = 4096;
  const Cycles limit = context_.clock.now() + context_.options.cycle_limit;
  context_.clock.set_horizon(limit);
  const auto finished = [&] {
    return has_sequence && controller_.finished() && context_.host_tasks == 0;
  };
  for (std::int64_t i = 1; !context_.clock.idle() && !finished(); ++i) {
    if (context_.clock.next() > limit) {
      return has_sequence && controller_.finished() ? Outcome::kComplete : Outcome::kCycleLimit;
    }
    context_.clock.step();
    if (i % kEventsBetweenLooks == 0) core::check_interrupted();
  }
  if (has_sequence) return controller_.finished() ? Outcome::kComplete : Outcome::kDeadlock;
  return settled() ? Outcome::kComplete : Outcome::kDeadlock;
}

Result Machine::run(const dialect::Sequence* sequence,
                    std::span<const std::span<std::byte>> arguments) {
  if (sequence != nullptr) check_arguments(*sequence, arguments);
  context_.host = {{arguments.begin(), arguments.end()}, ++runs_};
  context_.host_tasks = 0;
  begin_statistics();
  run_notes_.clear();
  const Cycles begin = context_.clock.now();
  const std::int64_t events = context_.clock.events();
  if (!started_) start();
  if (sequence != nullptr) controller_.begin(*sequence);

  Result result;
  result.outcome = pass_time(sequence != nullptr);
  const bool ended = sequence != nullptr && controller_.finished();
  const Cycles end = ended ? controller_.end() : context_.clock.now();
  for (const Core& core : cores_) core.show_wait(end);
  result.statistics = statistics(begin, end);
  result.statistics.events = context_.clock.events() - events;
  // What never ends has waits instead.
  if (context_.options.explain && result.outcome == Outcome::kComplete) {
    add_path(result.statistics, context_, last_path(sequence != nullptr),
             [&](dialect::Index lock) { return givers(lock); });
  }
  result.notes = notes_;
  result.notes.insert(result.notes.end(), run_notes_.begin(), run_notes_.end());
  if (result.outcome != Outcome::kComplete) {
    WaitingGraph graph(*this);
    result.waits = graph.waits();
    result.circle = graph.circle();
  } else if (context_.host_tasks > 0) {
    result.notes.push_back(
        fmt::format("{} of the sequence's transfers had not ended", context_.host_tasks));
  }
  return result;
}

/// Of who ended last: the sequence, or else a core.
CriticalPath Machine::last_path(bool has_sequence) const {
  if (has_sequence) return context_.controller_path;
  const auto last =
      std::ranges::max_element(cores_, {}, [](const Core& core) { return core.path().at(); });
  return last == cores_.end() ? CriticalPath() : last->path();
}

std::vector<std::string> Machine::givers(dialect::Index lock) const {
  std::vector<std::string> result;
  for (const Core& core : cores_) {
    if (core.may_release(lock)) result.push_back(core.describe());
  }
  for (const auto& [id, each] : channels_) {
    if (each->may_release(lock)) result.push_back(each->describe());
  }
  if (result.empty()) result.emplace_back("the host sequence");
  return result;
}

void Machine::begin_statistics() {
  context_.controller_path.begin(context_.clock.now(), context_.options.explain);
  for (auto& [id, each] : channels_) each->begin_statistics();
  for (Stream& stream : streams_) stream.begin_statistics();
  for (Core& core : cores_) core.begin_statistics();
  for (Lock& lock : context_.locks) lock.begin_statistics();
  std::ranges::fill(kernel_counts_, KernelCount{});
}

/// Objects of a pool as its locks count them. Of several readers the one that is furthest behind.
PoolStatistics Machine::pool_statistics(dialect::Index index) const {
  const auto& buffers = context_.program.buffers;
  const dialect::FifoPool& pool = context_.program.pools[static_cast<std::size_t>(index)];
  PoolStatistics result{.fifo = pool.fifo,
                        .tile = buffers[static_cast<std::size_t>(pool.buffers.front())].tile,
                        .depth = static_cast<int>(pool.buffers.size())};
  const auto count = [&](const dialect::LockUse& use, bool reads) {
    if (use.lock == kNone || use.value == 0) return;
    const Lock& lock = context_.locks[static_cast<std::size_t>(use.lock)];
    double& average = reads ? result.average_full : result.average_empty;
    average = std::max(average, lock.average() / use.value);
    if (reads) result.high_water = std::max(result.high_water, lock.high_water() / use.value);
  };
  for (const dialect::FifoPort& port : context_.program.ports) {
    if (port.pool == index) count(port.acquire, !port.produce);
  }
  for (const dialect::DmaTask& task : context_.program.dma_tasks) {
    const dialect::BufferDescriptor& first = task.descriptors.front();
    if (first.memory.buffer != kNone &&
        buffers[static_cast<std::size_t>(first.memory.buffer)].pool == index) {
      count(first.acquire, task.channel.direction == Direction::kMm2s);
    }
  }
  return result;
}

Statistics Machine::statistics(Cycles begin, Cycles end) const {
  Statistics result{.begin = begin,
                    .cycles = end - begin,
                    .clock_hz = context_.device.timing.clock_hz,
                    .controller_operations = controller_.operations(),
                    .controller_busy = controller_.busy()};
  for (const Core& core : cores_) result.cores.push_back(core.statistics(end));
  for (const auto& [id, each] : channels_) {
    result.channels.push_back(each->statistics(end));
    if (each->arrivals().empty()) continue;
    result.outputs.push_back({id, each->arrivals(), each->written()});
  }
  for (const Stream& stream : streams_) result.streams.push_back(stream.statistics());
  for (std::size_t i = 0; i < kernel_counts_.size(); ++i) {
    const KernelCount& count = kernel_counts_[i];
    result.kernels.push_back({context_.program.kernels[i].symbol, count.calls, count.cycles,
                              count.assumed, std::string(count.basis)});
  }
  for (std::size_t i = 0; i < context_.program.pools.size(); ++i) {
    result.pools.push_back(pool_statistics(static_cast<dialect::Index>(i)));
  }
  for (const Lock& lock : context_.locks) {
    result.locks.push_back({.lock = lock.design().name,
                            .tile = lock.design().tile,
                            .average = lock.average(),
                            .high_water = lock.high_water(),
                            .last = lock.value(),
                            .waits = lock.waits()});
  }
  return result;
}

}  // namespace shiftwise::sim
