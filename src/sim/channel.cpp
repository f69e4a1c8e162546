// SPDX-License-Identifier: Apache-2.0
#include "sim/channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sim/fail.h"
#include "sim/stream.h"

namespace shiftwise::sim {

using target::Direction;

Channel::Channel(Context& context, const target::Channel& id, int actor, std::size_t actors)
    : context_(context), id_(id), causality_{.id = actor, .seen = Knowledge(actors)} {
  if (causality_.enabled()) causality_.seen[static_cast<std::size_t>(actor)] = 1;
  activity_ = context.activities.add(PathPart::Kind::kDescriptors, describe());
  path_.begin(context.clock.now(), context.options.explain);
  const target::Timing& timing = context.device.timing;
  if (context.device.kind(id.tile) == target::TileKind::kShim) {
    first_cost_ =
        static_cast<double>(id.direction == Direction::kMm2s ? timing.shim_mm2s_first_cycles
                                                             : timing.shim_s2mm_first_cycles);
  }
}

void Channel::connect(Stream& stream, std::optional<int> packet_id) {
  streams_.emplace_back(packet_id, &stream);
}

const dialect::BufferDescriptor& Channel::descriptor() const {
  return queue_.front().chain->descriptors[static_cast<std::size_t>(at_)];
}

void Channel::push(Task task) {
  const int depth = context_.device.facts(id_.tile).queue_depth;
  if (static_cast<int>(queue_.size()) >= depth) {
    fail(fmt::format("the task queue of {} is full", describe()), task.location,
         fmt::format("it holds {} tasks that have not ended; the hardware would lose this one",
                     depth),
         "wait for an earlier task before this one is started");
  }
  if (task.run > 0) ++context_.host_tasks;
  queue_.push_back(std::move(task));
  if (state_ != State::kIdle) return;
  path_.follow(context_.controller_path, context_.clock.now());
  begin_task(context_.clock.now());
}

void Channel::reset() {
  if (const dialect::LockUse* use = lock_wait()) context_.lock(use->lock).forget(*this);
  for (const Task& task : queue_) context_.host_tasks -= task.run > 0 ? 1 : 0;
  queue_.clear();
  state_ = State::kIdle;
  tokens_ = 0;
  walk_ = {};
}

bool Channel::executes(const Chain& chain) const {
  return std::ranges::any_of(queue_, [&](const Task& task) { return task.chain.get() == &chain; });
}

dialect::Location Channel::where() const {
  return queue_.empty() ? dialect::Location{} : descriptor().location;
}

bool Channel::take_token() {
  if (tokens_ == 0) return false;
  --tokens_;
  return true;
}

// ---- From task to task, descriptor to descriptor

void Channel::begin_task(Cycles now) {
  at_ = queue_.front().first;
  repeats_left_ = queue_.front().repeat;
  first_of_task_ = true;
  begin_descriptor(now);
}

void Channel::begin_descriptor(Cycles now) {
  since_ = now;
  waited_ = false;
  state_ = State::kLockWait;
  const dialect::LockUse& use = descriptor().acquire;
  if (use.lock == dialect::kNone || context_.lock(use.lock).acquire(*this, use)) granted(now);
}

/// Cycles before a task's first descriptor, of a shim channel.
Cycles Channel::task_cost() {
  const target::Timing& timing = context_.device.timing;
  if (context_.device.kind(id_.tile) != target::TileKind::kShim) return 0;
  const auto first = static_cast<Cycles>(std::llround(first_cost_));
  if (id_.direction == Direction::kS2mm) {
    first_cost_ = 0;
    return timing.shim_s2mm_task_cycles + first;
  }
  first_cost_ *= timing.shim_first_decay;
  return timing.shim_mm2s_task_cycles + first;
}

void Channel::granted(Cycles now) {
  const target::Timing& timing = context_.device.timing;
  Cycles ready = now;
  waited_ = now > since_;
  if (waited_) {
    stalls_.add(wait_cause(), now - counted_from());
    ready += timing.lock_cycles;
  }
  if (first_of_task_) {
    ready += timing.channel_start_cycles + timing.descriptor_setup_cycles + task_cost();
  } else {
    ready += timing.descriptor_switch_cycles;
  }
  // The first word is late where nothing was read ahead.
  const bool reads = id_.direction == Direction::kMm2s;
  if (reads && (waited_ || first_of_task_)) ready += timing.memory_latency_cycles;
  first_of_task_ = false;
  state_ = State::kStarting;
  context_.clock.at(ready, *this, kStart);
}

std::int64_t Channel::shift() const {
  const dialect::BufferDescriptor& now = descriptor();
  if (!now.iteration) return 0;
  const std::int64_t times = queue_.front().chain->executions[static_cast<std::size_t>(at_)];
  return times % now.iteration->size * now.iteration->stride;
}

void Channel::start(Cycles now) {
  path_.spend(activity_, now);
  since_ = now;
  walk_ = Walk(descriptor(), shift());
  words_ = remaining_words();
  counted_ = 0;
  find_memory();
  note_access();
  if (id_.direction == Direction::kMm2s) choose_stream();
  state_ = State::kMoving;
  if (id_.direction == Direction::kS2mm) stream_ = owner;
  if (stream_ != nullptr) stream_->ready(*this, now);
}

void Channel::find_memory() {
  const dialect::BdMemory& memory = descriptor().memory;
  on_host_ = memory.buffer == dialect::kNone;
  if (!on_host_) {
    buffer_ = &context_.memory.buffer(memory.buffer);
    region_ = buffer_->region();
    return;
  }
  buffer_ = nullptr;
  if (queue_.front().run != context_.host.run) {
    fail(fmt::format("{} moves data of a sequence that is over", describe()),
         queue_.front().location, "its host buffers are gone",
         "let the sequence wait for this transfer");
  }
  const std::span<std::byte> span =
      context_.host.spans[static_cast<std::size_t>(memory.host_argument)];
  region_ = {.data = span.data(), .bytes = static_cast<std::int64_t>(span.size())};
}

void Channel::choose_stream() {
  stream_ = nullptr;
  for (const auto& [packet_id, stream] : streams_) {
    if (packet_id == descriptor().packet_id) stream_ = stream;
  }
}

void Channel::note_access() {
  if (buffer_ == nullptr || !causality_.enabled()) return;
  const dialect::BufferDescriptor& now = descriptor();
  const std::shared_ptr<Chain>& chain = queue_.front().chain;
  Access access{.writes = id_.direction == Direction::kS2mm, .where = &now.location};
  if (walk_.linear()) {
    const Walk::Run run = walk_.peek();
    access.begin = run.offset;
    access.end = run.offset + run.bytes;
  } else {
    access.end = region_.bytes;
    access.pattern = {chain, &now};
    access.shift = shift();
  }
  check_race(context_, *buffer_, std::move(access), causality_, describe());
}

void Channel::resume(Cycles now, int tag) {
  switch (tag) {
    case kStart:
      if (state_ == State::kStarting) start(now);
      break;
    case kDone:
      if (state_ == State::kFinishing) done(now);
      break;
    default:  // kRelease
      release(now);
      break;
  }
}

void Channel::settle(Cycles time) {
  if (on_host_ && id_.direction == Direction::kS2mm) {
    arrivals_.push_back({time, words_moved_ * kWordBytes});
  }
  if (walk_.remaining() > 0) return;
  state_ = State::kFinishing;
  context_.clock.at(time, *this, kDone);
}

Cycles Channel::cycles(std::int64_t words) const {
  const double per_cycle = context_.device.timing.stream_words_per_cycle;
  return static_cast<Cycles>(static_cast<double>(words) / per_cycle);
}

/// Cycles in which its descriptor's words moved so far, in this run.
Cycles Channel::moved() const { return cycles(words_ - remaining_words() - counted_); }

/// What it waits for, where it waits.
const std::string& Channel::wait_cause() const {
  if (state_ == State::kLockWait) return context_.lock(descriptor().acquire.lock).cause();
  return id_.direction == Direction::kMm2s ? stream_->blocked() : stream_->starved();
}

void Channel::done(Cycles now) {
  path_.spend(activity_, now);
  const target::Timing& timing = context_.device.timing;
  moving_ += moved();
  ++descriptors_;
  if (stream_ != nullptr) stalls_.add(wait_cause(), now - counted_from() - moved());
  if (context_.options.observer != nullptr) {
    context_.options.observer->descriptor_done(id_, memory_name(), since_, now);
  }
  const dialect::BufferDescriptor& finished = descriptor();
  std::shared_ptr<Chain> chain = queue_.front().chain;
  if (finished.release.lock != dialect::kNone) {
    const bool late = context_.device.kind(id_.tile) == target::TileKind::kMem;
    releases_.push_back({finished.release, &finished.location, chain, path_});
    if (late && timing.mem_tile_release_cycles > 0) {
      context_.clock.at(now + timing.mem_tile_release_cycles, *this, kRelease);
    } else {
      release(now);
    }
  }
  if (finished.iteration) ++chain->executions[static_cast<std::size_t>(at_)];
  if (finished.next != dialect::kNone) {
    at_ = finished.next;
    begin_descriptor(now);
  } else if (repeats_left_ > 0) {
    --repeats_left_;
    at_ = queue_.front().first;
    begin_descriptor(now);
  } else {
    end_task(now);
  }
}

void Channel::release(Cycles now) {
  Release release = std::move(releases_.front());
  releases_.pop_front();
  release.path.spend(activity_, now);
  context_.lock(release.use.lock)
      .release(*this, release.use.value, *release.where, release.path, now);
}

void Channel::end_task(Cycles now) {
  if (queue_.front().issue_token) {
    ++tokens_;
    if (token_waiter_ != nullptr) {
      context_.controller_path.follow_transfer(path_, now);
      context_.clock.at(now, *token_waiter_);
      token_waiter_ = nullptr;
    }
  }
  if (queue_.front().run > 0) --context_.host_tasks;
  queue_.pop_front();
  state_ = State::kIdle;
  if (!queue_.empty()) begin_task(now);
}

// ---- Data

void Channel::refuse_bounds(const Walk::Run& run) const {
  const bool reads = id_.direction == Direction::kMm2s;
  fail(fmt::format("{} {} outside of {}", describe(), reads ? "reads" : "writes", memory_name()),
       descriptor().location,
       fmt::format("bytes {} to {}, where there are {}", run.offset, run.offset + run.bytes - 1,
                   region_.bytes),
       on_host_ ? fmt::format("check offset, sizes and strides of the transfer; --in {0}=FILE and "
                              "--out {0}=FILE:BYTES make the buffer larger",
                              descriptor().memory.host_argument)
                : "check offset, sizes and strides of the transfer");
}

void Channel::check_run(const Walk::Run& run) const {
  if (run.offset < 0 || run.bytes > region_.bytes - run.offset) refuse_bounds(run);
}

std::string Channel::memory_name() const {
  if (buffer_ != nullptr) return fmt::format("buffer '{}'", buffer_->design().name);
  return fmt::format("host buffer {}", descriptor().memory.host_argument);
}

const std::byte* Channel::read(std::int64_t words, std::vector<std::byte>& scratch) {
  std::int64_t left = words * kWordBytes;
  scratch.resize(std::max(scratch.size(), static_cast<std::size_t>(left)));
  std::byte* to = scratch.data();
  const std::byte* result = to;
  words_moved_ += words;
  while (left > 0) {
    Walk::Run run = walk_.peek();
    const std::int64_t whole = run.bytes;
    run.bytes = std::min(run.bytes, left);
    if (run.padding) {
      // All of the run ends with an element; a burst may begin or end within one of 8 bytes.
      const auto value = static_cast<std::uint64_t>(descriptor().pad_value);
      const std::int64_t element = descriptor().element_bytes;
      const std::int64_t first = (element - whole % element) % element;
      for (std::int64_t i = 0; i < run.bytes; ++i) {
        to[i] = static_cast<std::byte>(value >> (8 * ((first + i) % element)));
      }
    } else {
      check_run(run);
      if (buffer_ != nullptr) {
        const std::int64_t missing = buffer_->first_unwritten(run.offset, run.bytes);
        if (missing >= 0) {
          fail(fmt::format("{} reads bytes of {} that were never written", describe(),
                           memory_name()),
               descriptor().location, fmt::format("byte {} has no value yet", missing));
        }
      }
      if (run.bytes == words * kWordBytes) {
        result = region_.data + run.offset;  // all in one piece: no copy
      } else {
        std::memcpy(to, region_.data + run.offset, static_cast<std::size_t>(run.bytes));
      }
    }
    walk_.advance(run.bytes);
    to += run.bytes;
    left -= run.bytes;
  }
  return result;
}

void Channel::note_written(const Walk::Run& run) {
  if (written_.begin == written_.end) {
    written_ = {descriptor().memory.host_argument, run.offset, run.offset};
  }
  written_.begin = std::min(written_.begin, run.offset);
  written_.end = std::max(written_.end, run.offset + run.bytes);
}

void Channel::write(const std::byte* from, std::int64_t words) {
  std::int64_t left = words * kWordBytes;
  words_moved_ += words;
  while (left > 0) {
    Walk::Run run = walk_.peek();
    run.bytes = std::min(run.bytes, left);
    check_run(run);
    // Source and destination can be one buffer, where a DMA feeds its own tile.
    std::memmove(region_.data + run.offset, from, static_cast<std::size_t>(run.bytes));
    if (buffer_ != nullptr) {
      buffer_->mark_written(run.offset, run.bytes);
    } else {
      note_written(run);
    }
    walk_.advance(run.bytes);
    from += run.bytes;
    left -= run.bytes;
  }
}

// ---- What others ask

const dialect::LockUse* Channel::lock_wait() const {
  if (state_ != State::kLockWait) return nullptr;
  return &descriptor().acquire;
}

std::optional<std::string> Channel::waits_for() const {
  const bool sends = id_.direction == Direction::kMm2s;
  switch (state_) {
    case State::kIdle:
      return std::nullopt;
    case State::kLockWait: {
      const dialect::LockUse& use = descriptor().acquire;
      const Lock& lock = context_.lock(use.lock);
      return fmt::format("waits for lock '{}' to be {}{}; it is {}", lock.design().name,
                         use.equal ? "" : "at least ", use.value, lock.value());
    }
    case State::kStarting:
    case State::kFinishing:
      return std::string("is at work");
    case State::kMoving:
      break;
  }
  const auto words = fmt::format("{} of {} words of {}", remaining_words(), words_, memory_name());
  if (sends && stream_ == nullptr) {
    const std::optional<int> packet = descriptor().packet_id;
    return fmt::format("cannot send {}: no flow begins there{}", words,
                       packet ? fmt::format(" for packets of id {}", *packet) : "");
  }
  if (!sends && senders.empty()) return fmt::format("waits for {}: no flow ends there", words);
  return (sends ? "waits for room to send " : "waits for ") + words;
}

bool Channel::may_release(dialect::Index lock) const {
  const auto any = [&](const std::vector<dialect::BufferDescriptor>& descriptors) {
    return std::ranges::any_of(descriptors, [&](const dialect::BufferDescriptor& each) {
      return each.release.lock == lock;
    });
  };
  const bool now =
      std::ranges::any_of(queue_, [&](const Task& task) { return any(task.chain->descriptors); });
  return now || std::ranges::any_of(context_.program.dma_tasks, [&](const dialect::DmaTask& task) {
           return task.channel == id_ && any(task.descriptors);
         });
}

ChannelStatistics Channel::statistics(Cycles end) const {
  ChannelStatistics result{.channel = id_,
                           .fifo = fifo_,
                           .moving = moving_,
                           .words = words_moved_,
                           .descriptors = descriptors_};
  Stalls stalls = stalls_;
  if (state_ == State::kLockWait) stalls.add(wait_cause(), end - counted_from());
  if (state_ == State::kMoving || state_ == State::kFinishing) {
    const Cycles moving = std::min(moved(), end - counted_from());
    result.moving += moving;
    if (stream_ != nullptr) stalls.add(wait_cause(), end - counted_from() - moving);
  }
  result.stalls = stalls.sorted();
  return result;
}

void Channel::begin_statistics() {
  began_ = context_.clock.now();
  counted_ = words_ - remaining_words();
  moving_ = 0;
  words_moved_ = 0;
  descriptors_ = 0;
  stalls_.clear();
  arrivals_.clear();
  written_ = {};
  path_.begin(context_.clock.now(), context_.options.explain);
}

}  // namespace shiftwise::sim
