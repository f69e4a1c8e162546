// SPDX-License-Identifier: Apache-2.0
#include "sim/core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "dialect/integers.h"
#include "sim/fail.h"

namespace shiftwise::sim {

using dialect::Instruction;
using dialect::kNone;
using dialect::Opcode;

namespace {

/// A core that neither waits nor touches memory hands the clock back after so many
/// instructions, so that a limit of cycles can end it.
constexpr int kMostAtOnce = 1 << 14;

}  // namespace

Core::Core(Context& context, dialect::Index index, int actor, std::size_t actors,
           std::unique_ptr<CoreCode> code, std::vector<KernelCount>& counts)
    : context_(context),
      program_(context.program.cores[static_cast<std::size_t>(index)]),
      causality_{.id = actor, .seen = Knowledge(actors)},
      code_(std::move(code)),
      functions_(context.program.kernels.size()),
      counts_(counts),
      ends_(context.program.ports.size()),
      registers_(static_cast<std::size_t>(program_.registers)),
      views_(static_cast<std::size_t>(program_.views)) {
  if (causality_.enabled()) causality_.seen[static_cast<std::size_t>(actor)] = 1;
  sums_.tile = program_.tile;
  in_kernels_.resize(context.program.kernels.size());
  kernels_activity_ = context.activities.add(PathPart::Kind::kKernels, describe());
  own_activity_ = context.activities.add(PathPart::Kind::kOwnCode, describe());
  if (program_.code.empty()) state_ = State::kHalted;
  for (const Instruction& instruction : program_.code) {
    if (instruction.opcode != Opcode::kCall) continue;
    const auto kernel = static_cast<std::size_t>(instruction.immediate);
    if (functions_[kernel]) continue;
    const dialect::Kernel& called = context.program.kernels[kernel];
    if (code_ == nullptr) {
      fail(fmt::format("{} calls '{}', and there are no kernels", describe(), called.symbol),
           where(instruction), {}, "name a folder of kernels (shiftwise kernel build)");
    }
    functions_[kernel] = code_->find(called);
  }
  if (code_ != nullptr) {
    code_->on_cascade([this](const std::byte* value) { kernel_puts(value); },
                      [this](std::byte* value) { kernel_gets(value); });
  }
  if (code_ != nullptr && context.options.observer != nullptr) {
    code_->on_event([this](int number) {
      context_.options.observer->core_event(program_.tile, number, context_.clock.now());
    });
  }
}

std::string Core::describe() const {
  return fmt::format("core {}", target::to_string(program_.tile));
}

const dialect::Location& Core::where(const Instruction& instruction) const {
  if (instruction.location == kNone) return program_.location;
  return program_.locations[static_cast<std::size_t>(instruction.location)];
}

dialect::Index Core::operand(const Instruction& instruction, std::size_t i) const {
  return program_.operands[static_cast<std::size_t>(instruction.operands) + i];
}

void Core::resume(Cycles now, int) {
  if (state_ == State::kHalted || state_ == State::kLockWait) return;
  if (state_ == State::kCascadeWait) {
    stalls_.add(wait_cause(), now - since_);
    show_wait(now);
    state_ = State::kReady;
  }
  run(now);
}

const std::string& Core::wait_cause() const {
  if (state_ == State::kLockWait) return context_.lock(waits_.lock).cause();
  return input_wait_ ? cascade_input_->get_cause() : cascade_output_->put_cause();
}

void Core::show_wait(Cycles now) const {
  if (context_.options.observer == nullptr || !waiting() || now == since_) return;
  context_.options.observer->core_waited(program_.tile, wait_cause(), since_, now);
}

void Core::granted(Cycles now) {
  stalls_.add(wait_cause(), now - since_);
  show_wait(now);
  const Cycles cost = context_.device.timing.lock_cycles;
  sums_.own += cost;
  state_ = State::kReady;
  time_ = now + cost;
  context_.clock.at(time_, *this);
}

/// Instructions until the core waits, or must let others go first.
void Core::run(Cycles time) {
  const target::Timing& timing = context_.device.timing;
  const Cycles begin = time;
  time_ = time;
  int left = kMostAtOnce;
  while (state_ == State::kReady) {
    const Instruction& instruction = program_.code[pc_];
    if (arithmetic(instruction)) {
      time_ += timing.instruction_cycles;
      ++pc_;
    } else if (instruction.opcode == Opcode::kJump || instruction.opcode == Opcode::kJumpUnless) {
      const bool jumps = instruction.opcode == Opcode::kJump || reg(instruction.a) == 0;
      time_ += timing.instruction_cycles + (jumps ? timing.branch_cycles : 0);
      pc_ = jumps ? static_cast<std::size_t>(instruction.immediate) : pc_ + 1;
    } else if (instruction.opcode == Opcode::kHalt) {
      state_ = State::kHalted;
    } else {
      // Others may act before this one does.
      if (time_ > context_.clock.now() && !context_.clock.skip_to(time_)) break;
      const std::size_t at = pc_;
      path_.spend(own_activity_, context_.clock.now());
      const Cycles busy = synchronized(instruction);
      if (state_ != State::kReady) {
        sums_.own += time_ - begin;
        return;
      }
      pc_ = at + 1;
      time_ += busy;
    }
    if (--left == 0) break;
  }
  sums_.own += time_ - begin;
  if (state_ == State::kReady) context_.clock.at(time_, *this);
}

Cycles Core::synchronized(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::kBuffer:
      views_[static_cast<std::size_t>(instruction.dst)] = {
          .buffer = &context_.memory.buffer(static_cast<dialect::Index>(instruction.immediate)),
          .type = &program_.types[static_cast<std::size_t>(instruction.b)]};
      return 0;
    case Opcode::kView:
      move_view(instruction);
      return context_.device.timing.instruction_cycles;
    case Opcode::kFifoView:
      view_object(instruction);
      return 0;
    case Opcode::kAcquire:
      return acquire_lock(instruction);
    case Opcode::kRelease:
      return release_lock(instruction);
    case Opcode::kFifoAcquire:
      return acquire_objects(instruction);
    case Opcode::kFifoRelease:
      return release_objects(instruction);
    case Opcode::kLoad:
      return load(instruction);
    case Opcode::kStore:
      return store(instruction);
    case Opcode::kCall:
      return call(instruction);
    case Opcode::kCascadePut:
    case Opcode::kCascadeGet:
      return cascade(instruction);
    case Opcode::kEvent:
      if (context_.options.observer != nullptr) {
        context_.options.observer->core_event(
            program_.tile, static_cast<int>(instruction.immediate), context_.clock.now());
      }
      return context_.device.timing.instruction_cycles;
    default:
      break;
  }
  fail(fmt::format("{} has an instruction that it cannot execute", describe()), where(instruction),
       {});
}

// ---- Locks and objects

Cycles Core::acquire(const dialect::LockUse& use) {
  const target::Timing& timing = context_.device.timing;
  const Cycles cost = timing.lock_cycles + timing.lock_arbitration_cycles;
  waits_ = use;
  if (context_.lock(use.lock).acquire(*this, use)) return cost;
  state_ = State::kLockWait;
  since_ = context_.clock.now();
  ++pc_;  // goes on behind it
  return 0;
}

std::int64_t Core::lock_amount(const Instruction& instruction) {
  const std::int64_t amount = instruction.a == kNone ? instruction.b : reg(instruction.a);
  if (amount < 0 || amount > context_.device.lock_max) {
    fail(
        fmt::format("{} uses lock '{}' with the value {}", describe(),
                    context_.lock(static_cast<dialect::Index>(instruction.immediate)).design().name,
                    amount),
        where(instruction), fmt::format("locks count from 0 to {}", context_.device.lock_max));
  }
  return amount;
}

Cycles Core::acquire_lock(const Instruction& instruction) {
  return acquire({.lock = static_cast<dialect::Index>(instruction.immediate),
                  .value = static_cast<int>(lock_amount(instruction)),
                  .equal = instruction.c == 1});
}

Cycles Core::release_lock(const Instruction& instruction) {
  const auto amount = static_cast<int>(lock_amount(instruction));
  context_.lock(static_cast<dialect::Index>(instruction.immediate))
      .release(*this, amount, where(instruction), path_, context_.clock.now());
  return context_.device.timing.lock_cycles + context_.device.timing.lock_arbitration_cycles;
}

Cycles Core::acquire_objects(const Instruction& instruction) {
  const auto index = static_cast<std::size_t>(instruction.immediate);
  const dialect::FifoPort& port = context_.program.ports[index];
  FifoEnd& end = ends_[index];
  const std::int64_t more = instruction.b - end.held();
  if (more <= 0) return context_.device.timing.instruction_cycles;
  end.taken += more;
  if (port.acquire.lock == kNone) return context_.device.timing.instruction_cycles;
  dialect::LockUse use = port.acquire;
  use.value *= static_cast<int>(more);
  return acquire(use);
}

Cycles Core::release_objects(const Instruction& instruction) {
  const auto index = static_cast<std::size_t>(instruction.immediate);
  const dialect::FifoPort& port = context_.program.ports[index];
  FifoEnd& end = ends_[index];
  if (instruction.b > end.held()) {
    fail(fmt::format("{} gives back {} of '{}' and holds {}", describe(),
                     instruction.b == 1 ? "an object" : fmt::format("{} objects", instruction.b),
                     port.fifo, end.held()),
         where(instruction), {}, "acquire before each release, and release what was acquired once");
  }
  end.given += instruction.b;
  if (port.release.lock != kNone && instruction.b > 0) {
    context_.lock(port.release.lock)
        .release(*this, port.release.value * instruction.b, where(instruction), path_,
                 context_.clock.now());
  }
  return context_.device.timing.lock_cycles + context_.device.timing.lock_arbitration_cycles;
}

void Core::view_object(const Instruction& instruction) {
  const auto index = static_cast<std::size_t>(instruction.immediate);
  const dialect::FifoPort& port = context_.program.ports[index];
  const FifoEnd& end = ends_[index];
  const dialect::FifoPool& pool = context_.program.pools[static_cast<std::size_t>(port.pool)];
  const std::int64_t object = end.given + instruction.b;
  const auto slot = static_cast<std::size_t>(object) % pool.buffers.size();
  views_[static_cast<std::size_t>(instruction.dst)] = {
      .buffer = &context_.memory.buffer(pool.buffers[slot]),
      .type = &program_.types[static_cast<std::size_t>(instruction.c)],
      .port = static_cast<dialect::Index>(index),
      .ticket = object};
}

void Core::move_view(const Instruction& instruction) {
  View view = views_[static_cast<std::size_t>(instruction.a)];
  if (instruction.c != kNone) view.type = &program_.types[static_cast<std::size_t>(instruction.c)];
  std::int64_t moved = 0;
  if (__builtin_add_overflow(instruction.immediate, instruction.b == kNone ? 0 : reg(instruction.b),
                             &moved) ||
      __builtin_mul_overflow(moved, std::max<std::int64_t>(1, view.type->element_bytes()),
                             &moved) ||
      __builtin_add_overflow(view.offset, moved, &view.offset)) {
    fail(fmt::format("{} moves a memref beyond any memory", describe()), where(instruction), {});
  }
  views_[static_cast<std::size_t>(instruction.dst)] = view;
}

Cycles Core::cascade(const Instruction& instruction) {
  const bool puts = instruction.opcode == Opcode::kCascadePut;
  Cascade* const neighbour = puts ? cascade_output_ : cascade_input_;
  if (neighbour == nullptr) {
    fail(fmt::format("{} has no cascade to {}", describe(), puts ? "put to" : "get from"),
         where(instruction), {}, "connect the tiles with aie.cascade_flow");
  }
  CascadeValue value{};
  const auto bytes = static_cast<std::size_t>(instruction.bits) / 8;
  if (puts) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(instruction.operand_count); ++i) {
      std::memcpy(value.data() + i * bytes, &reg(operand(instruction, i)), bytes);
    }
  }
  if (!(puts ? neighbour->put(value, path_) : neighbour->get(value, path_))) {
    wait_for_cascade(!puts);
    return 0;
  }
  if (!puts) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(instruction.operand_count); ++i) {
      std::int64_t lane = 0;
      std::memcpy(&lane, value.data() + i * bytes, bytes);
      reg(operand(instruction, i)) = dialect::sign_extend(lane, instruction.bits);
    }
  }
  return context_.device.timing.instruction_cycles;
}

/// Tries again when the neighbour has moved.
void Core::wait_for_cascade(bool for_input) {
  if (for_input) {
    cascade_input_->call_getter(*this, path_);
  } else {
    cascade_output_->call_putter(*this, path_);
  }
  state_ = State::kCascadeWait;
  input_wait_ = for_input;
  since_ = context_.clock.now();
}

// ---- What others ask

std::optional<std::string> Core::waits_for() const {
  switch (state_) {
    case State::kLockWait: {
      const Lock& lock = context_.lock(waits_.lock);
      return fmt::format("waits for lock '{}' to be {}{}; it is {}", lock.design().name,
                         waits_.equal ? "" : "at least ", waits_.value, lock.value());
    }
    case State::kCascadeWait:
      return "waits for " +
             (input_wait_ ? cascade_input_->get_cause() : cascade_output_->put_cause());
    case State::kReady:
    case State::kHalted:
      break;
  }
  return std::nullopt;
}

dialect::Location Core::where() const {
  if (pc_ >= program_.code.size()) return program_.location;
  // A core that waits for a lock goes on behind the request.
  return where(program_.code[state_ == State::kLockWait ? pc_ - 1 : pc_]);
}

dialect::Index Core::lock_wait() const { return state_ == State::kLockWait ? waits_.lock : kNone; }

const Cascade* Core::cascade_wait() const {
  if (state_ != State::kCascadeWait) return nullptr;
  return input_wait_ ? cascade_input_ : cascade_output_;
}

bool Core::may_release(dialect::Index lock) const {
  return std::ranges::any_of(program_.code, [&](const Instruction& instruction) {
    if (instruction.opcode == Opcode::kRelease) return instruction.immediate == lock;
    return instruction.opcode == Opcode::kFifoRelease &&
           context_.program.ports[static_cast<std::size_t>(instruction.immediate)].release.lock ==
               lock;
  });
}

CoreStatistics Core::statistics(Cycles end) const {
  CoreStatistics result = sums_;
  const auto most = std::ranges::max_element(in_kernels_);
  if (most != in_kernels_.end() && *most > 0) {
    const auto index = static_cast<std::size_t>(most - in_kernels_.begin());
    result.kernel = context_.program.kernels[index].symbol;
    result.assumed = counts_[index].assumed;
  }
  const Cycles kernel = std::max<Cycles>(0, kernel_end_ - end);
  result.kernels -= kernel;
  if (state_ == State::kReady) result.own -= std::max<Cycles>(0, time_ - end - kernel);
  Stalls stalls = stalls_;
  if (waiting()) stalls.add(wait_cause(), end - since_);
  result.stalls = stalls.sorted();
  return result;
}

void Core::begin_statistics() {
  const Cycles now = context_.clock.now();
  sums_ = {};
  sums_.tile = program_.tile;
  sums_.kernels = std::max<Cycles>(0, kernel_end_ - now);
  if (state_ == State::kReady) sums_.own = std::max<Cycles>(0, time_ - now - sums_.kernels);
  stalls_.clear();
  since_ = now;
  std::ranges::fill(in_kernels_, 0);
  path_.begin(now, context_.options.explain);
}

}  // namespace shiftwise::sim
