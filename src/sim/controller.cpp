// SPDX-License-Identifier: Apache-2.0
#include "sim/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sim/fail.h"

namespace shiftwise::sim {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

/// How often a descriptor that is waited for is looked at.
constexpr Cycles kPatienceStep = 100;

std::string_view name_of(const dialect::HostOperation& operation) {
  constexpr std::string_view kNames[] = {"configure task", "start task",    "await task",
                                         "free task",      "sync",          "write parameter",
                                         "set lock",       "write",         "patch address",
                                         "push queue",     "reset channel", "run"};
  return kNames[operation.what.index()];
}

}  // namespace

Controller::Controller(Context& context, FindChannel channels, std::vector<std::string>& notes)
    : context_(context), channels_(std::move(channels)), notes_(notes), registers_(context) {}

void Controller::begin(const dialect::Sequence& sequence) {
  sequence_ = &sequence;
  at_ = 0;
  operations_ = 0;
  busy_ = 0;
  tasks_.clear();
  next(context_.clock.now());
}

dialect::Location Controller::where() const {
  return sequence_ == nullptr || at_ >= sequence_->operations.size()
             ? dialect::Location{}
             : sequence_->operations[at_].location;
}

bool Controller::may_set(dialect::Index lock) const {
  if (sequence_ == nullptr) return false;
  return std::any_of(sequence_->operations.begin() + static_cast<std::ptrdiff_t>(at_),
                     sequence_->operations.end(), [&](const dialect::HostOperation& operation) {
                       const auto* set = std::get_if<dialect::SetLock>(&operation.what);
                       return set != nullptr && set->lock == lock;
                     });
}

/// Cycles of the operation that comes next.
Cycles Controller::cost() const {
  const target::Timing& timing = context_.device.timing;
  const dialect::HostOperation& operation = sequence_->operations[at_];
  std::int64_t count = 1;
  if (const auto* configure = std::get_if<dialect::ConfigureTask>(&operation.what)) {
    const dialect::HostTask& task = sequence_->tasks[static_cast<std::size_t>(configure->task)];
    count = timing.ops_per_task * static_cast<std::int64_t>(task.descriptors.size());
  } else if (std::holds_alternative<dialect::StartTask>(operation.what) ||
             std::holds_alternative<dialect::PushQueue>(operation.what)) {
    count = timing.ops_per_push;
  } else if (std::holds_alternative<dialect::FreeTask>(operation.what)) {
    count = 0;
  }
  return std::llround(static_cast<double>(count) * timing.controller_op_ns *
                      timing.cycles_per_ns());
}

void Controller::next(Cycles now) {
  if (at_ == sequence_->operations.size()) {
    sequence_ = nullptr;
    end_ = now;
    return;
  }
  began_ = now;
  synced_ = 0;
  patience_ = 0;
  busy_ += cost();
  context_.clock.at(now + cost(), *this);
}

void Controller::resume(Cycles now, int) {
  if (sequence_ == nullptr) return;
  context_.controller_path.spend(context_.controller, now);
  const dialect::HostOperation& operation = sequence_->operations[at_];
  if (!perform(operation)) return;
  token_wait_ = nullptr;
  ++operations_;
  if (context_.options.observer != nullptr) {
    context_.options.observer->operation_done(name_of(operation), began_, now);
  }
  ++at_;
  next(now);
}

bool Controller::perform(const dialect::HostOperation& operation) {
  return std::visit(
      Overloaded{
          [&](const dialect::ConfigureTask& what) { return configure(what.task); },
          [&](const dialect::StartTask& what) { return start(what.task), true; },
          [&](const dialect::AwaitTask& what) {
            return await(channels_(sequence_->tasks[static_cast<std::size_t>(what.task)].channel));
          },
          [&](const dialect::FreeTask&) { return true; },
          [&](const dialect::Sync& what) { return sync(what); },
          [&](const dialect::WriteBuffer& what) { return write(what), true; },
          [&](const dialect::SetLock& what) {
            context_.lock(what.lock).set(what.value, context_.controller_path,
                                         context_.clock.now());
            return true;
          },
          [&](const dialect::WriteRegister& what) { return write_registers(what), true; },
          [&](const dialect::AddressPatch& what) {
            const target::RegisterAddress address = target::split_address(what.address);
            const target::Register patched = target::decode_register(context_.device, address);
            if (patched.kind != target::RegisterKind::kDescriptor) {
              fail(fmt::format("address {:#x} is no descriptor's", what.address),
                   operation.location, "only descriptors can hold the address of a host buffer");
            }
            registers_.patch(address.tile, static_cast<int>(patched.index), what.host_argument,
                             what.plus_bytes);
            return true;
          },
          [&](const dialect::PushQueue& what) {
            return push(what.channel, what.descriptor, what.repeat, what.issue_token), true;
          },
          [&](const dialect::ResetChannel& what) { return channels_(what.channel).reset(), true; },
          [&](const dialect::RunSequence&) -> bool {
            fail("a sequence runs others and does something else", operation.location, {},
                 "put the rest into a sequence of its own");
          }},
      operation.what);
}

// ---- Tasks

/// False: a descriptor is still in use, and may be free in a moment.
bool Controller::configure(dialect::Index index) {
  const dialect::HostTask& task = sequence_->tasks[static_cast<std::size_t>(index)];
  Configured configured{std::make_shared<Chain>(), &channels_(task.channel)};
  configured.chain->descriptors = task.descriptors;
  configured.chain->executions.resize(task.descriptors.size());
  for (const dialect::BufferDescriptor& descriptor : task.descriptors) {
    if (!descriptor.id) continue;
    Configured& user = descriptors_[{task.channel.tile, *descriptor.id}];
    if (user.chain != nullptr && user.channel->executes(*user.chain)) {
      if (patience_ < context_.device.timing.rewrite_patience_cycles) {
        patience_ += kPatienceStep;
        context_.clock.at(context_.clock.now() + kPatienceStep, *this);
        return false;
      }
      fail(fmt::format("descriptor {} of tile {} is written while {} uses it", *descriptor.id,
                       target::to_string(task.channel.tile), user.channel->describe()),
           task.location, "its transfer has not ended",
           "wait for it first, or use another descriptor");
    }
    user = configured;
  }
  if (patience_ > 0) {
    notes_.push_back(fmt::format(
        "{}: a descriptor is written again up to {} cycles before its transfer ends, which is less "
        "than this clock knows; the controller waited",
        task.location, patience_));
  }
  tasks_[index] = std::move(configured);
  return true;
}

void Controller::start(dialect::Index index) {
  const dialect::HostTask& task = sequence_->tasks[static_cast<std::size_t>(index)];
  const auto found = tasks_.find(index);
  if (found == tasks_.end()) {
    fail("a task is started before it is configured", where(), {});
  }
  found->second.channel->push({.chain = found->second.chain,
                               .repeat = task.repeat,
                               .issue_token = task.issue_token,
                               .run = context_.host.run,
                               .location = task.location});
}

void Controller::push(const target::Channel& id, int descriptor, int repeat, bool issue_token) {
  Channel& channel = channels_(id);
  // Traces go behind a host buffer that nobody names; none are simulated.
  if (channel.senders.empty() && id.direction == target::Direction::kS2mm &&
      context_.device.kind(id.tile) == target::TileKind::kShim &&
      !registers_.is_patched(id.tile, descriptor)) {
    notes_.push_back(
        fmt::format("{}: {} gets a task, and nothing is sent there", where(), channel.describe()));
    return;
  }
  channel.push({.chain = registers_.chain(id.tile, descriptor, where()),
                .repeat = repeat,
                .issue_token = issue_token,
                .run = context_.host.run,
                .location = where()});
}

bool Controller::await(Channel& channel) {
  if (channel.take_token()) return true;
  token_wait_ = &channel;
  channel.call_at_token(*this);
  return false;
}

bool Controller::sync(const dialect::Sync& sync) {
  if (sync.columns < 1 || sync.columns > context_.device.columns || sync.rows < 1 ||
      sync.rows > context_.device.rows()) {
    fail(fmt::format("a sync of {} columns and {} rows", sync.columns, sync.rows), where(),
         fmt::format("{} has {} and {}", context_.device.name, context_.device.columns,
                     context_.device.rows()));
  }
  for (; synced_ < sync.columns * sync.rows; ++synced_) {
    target::Channel id = sync.channel;
    id.tile.column += synced_ % sync.columns;
    id.tile.row += synced_ / sync.columns;
    if (!await(channels_(id))) return false;
  }
  return true;
}

// ---- Memory and registers

void Controller::write(const dialect::WriteBuffer& write) {
  constexpr std::int64_t kWord = sizeof write.value;
  const Buffer& buffer = context_.memory.buffer(write.buffer);
  const std::int64_t bytes = buffer.region().bytes;
  if (write.word < 0 || write.word >= bytes / kWord) {
    fail(fmt::format("the host sequence writes outside of buffer '{}'", buffer.design().name),
         where(), fmt::format("word {}, where there are {}", write.word, bytes / kWord));
  }
  std::byte* const at = buffer.region().data + write.word * kWord;
  std::uint32_t word = 0;
  std::memcpy(&word, at, kWord);
  word = (word & ~write.mask) | (static_cast<std::uint32_t>(write.value) & write.mask);
  std::memcpy(at, &word, kWord);
  buffer.mark_written(write.word * kWord, kWord);
}

void Controller::write_registers(const dialect::WriteRegister& write) {
  target::RegisterAddress address = target::split_address(write.address);
  for (const std::uint32_t word : write.words) {
    write_register(address, word, write.mask);
    address.offset += sizeof word;
  }
}

void Controller::write_register(const target::RegisterAddress& address, std::uint32_t value,
                                std::uint32_t mask) {
  const target::Register meant = target::decode_register(context_.device, address);
  const auto index = static_cast<int>(meant.index);
  switch (meant.kind) {
    case target::RegisterKind::kTrace:
      return;  // nothing that is simulated
    case target::RegisterKind::kDescriptor:
      return registers_.write(address.tile, index, static_cast<int>(meant.word), value, mask);
    case target::RegisterKind::kTaskQueue: {
      const target::QueueWord word = target::decode_queue_word(value);
      return push(*meant.channel, word.descriptor, word.repeat, word.issue_token);
    }
    case target::RegisterKind::kChannelControl: {
      constexpr std::uint32_t kReset = 2;  // AM025: bit 1
      if ((value & mask & kReset) != 0) channels_(*meant.channel).reset();
      return;
    }
    case target::RegisterKind::kLock:
      for (Lock& lock : context_.locks) {
        if (lock.design().tile == address.tile && lock.design().id == index) {
          const std::uint32_t becomes =
              (static_cast<std::uint32_t>(lock.value()) & ~mask) | (value & mask);
          if (becomes > static_cast<std::uint32_t>(context_.device.lock_max)) {
            fail(fmt::format("the host sequence sets lock '{}' to {}", lock.design().name, becomes),
                 where(), fmt::format("locks count from 0 to {}", context_.device.lock_max));
          }
          return lock.set(static_cast<int>(becomes), context_.controller_path,
                          context_.clock.now());
        }
      }
      break;
    case target::RegisterKind::kMemory: {
      const auto [buffer, at] = context_.memory.find(address.tile, index);
      if (buffer == nullptr) break;
      if (at + static_cast<std::int64_t>(sizeof value) > buffer->region().bytes) break;
      std::uint32_t old = 0;
      std::memcpy(&old, buffer->region().data + at, sizeof old);
      old = (old & ~mask) | (value & mask);
      std::memcpy(buffer->region().data + at, &old, sizeof old);
      buffer->mark_written(at, sizeof old);
      return;
    }
    case target::RegisterKind::kUnknown:
      break;
  }
  fail(fmt::format("the host sequence writes address {:#x} of tile {}", address.offset,
                   target::to_string(address.tile)),
       where(), "what is there is not simulated",
       "buffers, locks, descriptors and task queues can be written");
}

}  // namespace shiftwise::sim
