// SPDX-License-Identifier: Apache-2.0
// A core's loads, stores and calls of kernels, and the checks around them.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "sim/core.h"
#include "sim/fail.h"

namespace shiftwise::sim {

using dialect::Instruction;
using dialect::kNone;

namespace {

constexpr int kByteBits = 8;

std::int64_t bytes_of(int bits) { return std::max(1, bits / kByteBits); }

/// Larger than any memory.
constexpr std::int64_t kBeyondAny = std::int64_t{1} << 40;

/// Bytes from the first to behind the last element; what is open counts as one.
std::int64_t span_bytes(const dialect::MemrefType& type) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < type.shape.size(); ++i) {
    if (type.shape[i] == 0) return 0;
    const std::int64_t stride = i < type.strides.size() ? type.strides[i] : 1;
    std::int64_t distance = 0;
    if (type.shape[i] <= 0 || stride <= 0) continue;
    if (__builtin_mul_overflow(type.shape[i] - 1, stride, &distance) || distance > kBeyondAny) {
      return kBeyondAny;
    }
    last = std::min(last + distance, kBeyondAny);
  }
  return (last + 1) * bytes_of(type.bits);
}

}  // namespace

/// A view register; throws where its object was given back.
Core::View& Core::held(dialect::Index view) {
  View& result = views_[static_cast<std::size_t>(view)];
  const Instruction& instruction = program_.code[pc_];
  if (result.buffer == nullptr) {
    fail(fmt::format("{} uses memory before it knows where it is", describe()), where(instruction),
         {});
  }
  if (result.port != kNone && context_.checks() &&
      !ends_[static_cast<std::size_t>(result.port)].holds(result.ticket)) {
    const dialect::FifoPort& port = context_.program.ports[static_cast<std::size_t>(result.port)];
    fail(fmt::format("{} uses an object of '{}' that it does not hold", describe(), port.fifo),
         where(instruction),
         fmt::format("buffer '{}' was given back", result.buffer->design().name),
         "release it after its last use");
  }
  return result;
}

bool Core::is_input(const View& view) const {
  if (view.port == kNone) return view.buffer->is_input();
  return !context_.program.ports[static_cast<std::size_t>(view.port)].produce;
}

/// How many bytes of its buffer a view covers.
std::int64_t Core::extent(const View& view) const {
  const bool open = std::ranges::find(view.type->shape, -1) != view.type->shape.end();
  const std::int64_t left = view.buffer->region().bytes - view.offset;
  return open ? left : span_bytes(*view.type);
}

bool Core::races_matter(const View& view) const {
  return causality_.enabled() && view.buffer->design().pool == kNone;
}

/// Nobody says which arguments a kernel writes: those whose bytes change.
void Core::remember(const View& view) {
  if (!races_matter(view)) return;
  const std::byte* from = view.buffer->region().data + view.offset;
  before_.insert(before_.end(), from, from + extent(view));
}

void Core::note_access(View& view, std::int64_t begin, std::int64_t bytes, bool writes) {
  if (!races_matter(view)) return;
  check_race(
      context_, *view.buffer,
      {.begin = begin, .end = begin + bytes, .writes = writes, .where = &where(program_.code[pc_])},
      causality_, describe());
}

/// Where the element is that a load or store means.
std::byte* Core::element(const Instruction& instruction, std::int64_t bytes, bool writes,
                         View*& view) {
  view = &held(instruction.a);
  std::int64_t offset = 0;
  bool beyond = false;  // of what any memory has: what a core computes is not to be trusted
  for (dialect::Index i = 0; i < instruction.operand_count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t stride = at < view->type->strides.size() ? view->type->strides[at] : 1;
    std::int64_t distance = 0;
    beyond = __builtin_mul_overflow(reg(operand(instruction, at)), stride, &distance) ||
             __builtin_add_overflow(offset, distance, &offset) || beyond;
  }
  beyond = __builtin_mul_overflow(offset, bytes, &offset) ||
           __builtin_add_overflow(offset, view->offset, &offset) || beyond;
  const Region& region = view->buffer->region();
  if (beyond) {
    fail(fmt::format("{} {} outside of buffer '{}'", describe(), writes ? "stores" : "loads",
                     view->buffer->design().name),
         where(instruction), "its indices are beyond any memory");
  }
  if (offset < 0 || bytes > region.bytes - offset) {
    fail(fmt::format("{} {} outside of buffer '{}'", describe(), writes ? "stores" : "loads",
                     view->buffer->design().name),
         where(instruction),
         fmt::format("bytes {} to {}, where there are {}", offset, offset + bytes - 1,
                     region.bytes));
  }
  note_access(*view, offset, bytes, writes);
  if (writes) {
    view->buffer->mark_written(offset, bytes);
  } else if (view->buffer->first_unwritten(offset, bytes) >= 0) {
    fail(fmt::format("{} loads from buffer '{}' what was never written", describe(),
                     view->buffer->design().name),
         where(instruction), fmt::format("byte {} has no value yet", offset),
         "give the buffer a value before the core gets there");
  }
  return region.data + offset;
}

Cycles Core::load(const Instruction& instruction) {
  View* view = nullptr;
  const std::int64_t bytes = bytes_of(instruction.bits);
  const std::byte* from = element(instruction, bytes, false, view);
  std::uint64_t word = 0;
  std::memcpy(&word, from, static_cast<std::size_t>(bytes));
  const int unused = 64 - kByteBits * static_cast<int>(bytes);
  reg(instruction.dst) = static_cast<std::int64_t>(word << unused) >> unused;
  return context_.device.timing.instruction_cycles;
}

Cycles Core::store(const Instruction& instruction) {
  View* view = nullptr;
  const std::int64_t bytes = bytes_of(instruction.bits);
  std::byte* to = element(instruction, bytes, true, view);
  std::memcpy(to, &reg(instruction.b), static_cast<std::size_t>(bytes));
  return context_.device.timing.instruction_cycles;
}

kernel::Value Core::argument(const dialect::Kernel::Argument& argument, dialect::Index operand) {
  if (argument.memref) {
    const View& view = held(operand);
    const std::int64_t bytes = extent(view);
    if (view.offset < 0 || bytes < 0 || bytes > view.buffer->region().bytes - view.offset) {
      const Instruction& instruction = program_.code[pc_];
      fail(fmt::format("{} passes what is outside of buffer '{}'", describe(),
                       view.buffer->design().name),
           where(instruction),
           fmt::format("bytes {} to {}, where there are {}", view.offset, view.offset + bytes - 1,
                       view.buffer->region().bytes));
    }
    return kernel::pointer(view.buffer->region().data + view.offset);
  }
  const std::int64_t value = reg(operand);
  constexpr int kSingle = 32;
  if (argument.is_float && argument.scalar_bits == kSingle) {
    return kernel::single(std::bit_cast<float>(static_cast<std::uint32_t>(value)));
  }
  if (argument.is_float && argument.scalar_bits > kSingle) {
    return {.real = std::bit_cast<double>(value)};
  }
  return kernel::integer(value);
}

void Core::check_input(const View& view, const dialect::Kernel& kernel, std::size_t number) {
  const std::int64_t missing = view.buffer->first_unwritten(view.offset, extent(view));
  if (missing < 0) return;
  fail(fmt::format("{} gives '{}' an input that was never written", describe(), kernel.symbol),
       where(program_.code[pc_]),
       fmt::format("argument {}: byte {} of buffer '{}' has no value yet", number, missing,
                   view.buffer->design().name));
}

void Core::prepare_call(const Instruction& instruction, const dialect::Kernel& kernel) {
  values_.clear();
  allowed_.clear();
  before_.clear();
  for (std::size_t i = 0; i < kernel.arguments.size(); ++i) {
    values_.push_back(argument(kernel.arguments[i], operand(instruction, i)));
    if (!kernel.arguments[i].memref || !context_.checks()) continue;
    const View& view = held(operand(instruction, i));
    if (is_input(view)) check_input(view, kernel, i);
    remember(view);
    const auto begin = reinterpret_cast<std::uintptr_t>(values_.back().pointer);
    allowed_.push_back({begin, begin + static_cast<std::uintptr_t>(extent(view))});
  }
  if (context_.options.checks == Checks::kFull) code_->allow(context_.memory.arena(), allowed_);
}

/// Begins the kernel, or goes on with it. False: it waits for the cascade.
bool Core::run_kernel(std::size_t index) {
  if (cascade_input_ == nullptr && cascade_output_ == nullptr) {
    result_ = functions_[index](values_);
    return true;
  }
  if (fiber_ == nullptr) fiber_ = std::make_unique<kernel::Fiber>();
  if (fiber_->under_way()) {
    fiber_->go_on();
  } else {
    fiber_->start([this, index] {
      try {
        result_ = functions_[index](values_);
      } catch (...) {
        thrown_ = std::current_exception();
      }
    });
  }
  if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
  return !fiber_->under_way();
}

void Core::kernel_puts(const std::byte* value) {
  if (cascade_output_ == nullptr) {
    missing_cascade_ = "puts to";
    return;
  }
  CascadeValue copy;
  std::copy_n(value, copy.size(), copy.begin());
  while (!cascade_output_->put(copy, path_)) {
    input_wait_ = false;
    fiber_->pause();
  }
}

void Core::kernel_gets(std::byte* value) {
  CascadeValue copy{};
  if (cascade_input_ == nullptr) {
    missing_cascade_ = "gets from";
  } else {
    while (!cascade_input_->get(copy, path_)) {
      input_wait_ = true;
      fiber_->pause();
    }
  }
  std::copy(copy.begin(), copy.end(), value);
}

Cycles Core::call(const Instruction& instruction) {
  const auto index = static_cast<std::size_t>(instruction.immediate);
  const dialect::Kernel& kernel = context_.program.kernels[index];
  if (fiber_ == nullptr || !fiber_->under_way()) prepare_call(instruction, kernel);
  if (!run_kernel(index)) {
    wait_for_cascade(input_wait_);
    return 0;
  }
  if (missing_cascade_ != nullptr) {
    fail(fmt::format("kernel '{}' on {} {} a cascade that is not there", kernel.symbol, describe(),
                     missing_cascade_),
         where(instruction), {}, "connect the tiles with aie.cascade_flow");
  }
  if (instruction.dst != kNone) reg(instruction.dst) = result_.integer;
  if (context_.checks()) check_after_call(instruction, kernel);

  KernelCount& count = counts_[index];
  std::optional<Cycles> cycles;
  if (context_.options.cost != nullptr) {
    const KernelCall call{
        .kernel = kernel, .device = context_.device, .tile = program_.tile, .arguments = values_};
    cycles = context_.options.cost->cycles(call);
    if (count.basis.empty()) count.basis = context_.options.cost->basis(call);
  }
  count.assumed = count.assumed || !cycles;
  const Cycles cost = std::max<Cycles>(0, cycles.value_or(kAssumedKernelCycles));
  ++count.calls;
  count.cycles += cost;
  ++sums_.calls;
  sums_.kernels += cost;
  in_kernels_[index] += cost;
  kernel_end_ = context_.clock.now() + cost;
  path_.spend(kernels_activity_, kernel_end_);
  sums_.own -= cost;  // run() adds all of the call's time
  if (context_.options.observer != nullptr) {
    context_.options.observer->kernel_called(program_.tile, kernel.symbol, context_.clock.now(),
                                             kernel_end_);
  }
  return cost + context_.device.timing.call_cycles;
}

/// Did the kernel stay inside of its arguments?
void Core::check_after_call(const Instruction& instruction, const dialect::Kernel& kernel) {
  const std::byte* before = before_.data();
  for (std::size_t i = 0; i < kernel.arguments.size(); ++i) {
    if (!kernel.arguments[i].memref) continue;
    View& view = views_[static_cast<std::size_t>(operand(instruction, i))];
    if (!is_input(view)) view.buffer->mark_written(view.offset, extent(view));
    if (races_matter(view)) {
      const std::int64_t bytes = extent(view);
      const bool wrote = std::memcmp(before, view.buffer->region().data + view.offset,
                                     static_cast<std::size_t>(bytes)) != 0;
      before += bytes;
      note_access(view, view.offset, bytes, wrote);
    }
    if (view.buffer->zones_intact()) continue;
    const std::int64_t at = view.buffer->damaged_byte();
    const std::int64_t bytes = view.buffer->region().bytes;
    fail(fmt::format("kernel '{}' on {} writes beside buffer '{}'", kernel.symbol, describe(),
                     view.buffer->design().name),
         where(instruction),
         at < 0 ? fmt::format("argument {}: {} bytes in front of its {} bytes", i, -at, bytes)
                : fmt::format("argument {}: byte {} behind its {} bytes", i, at - bytes, bytes),
         "check the sizes that the design passes to the kernel");
  }
  if (context_.options.checks != Checks::kFull) return;
  const auto violation = code_->take_violation();
  if (!violation) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(context_.memory.arena().data());
  const auto [name, at] =
      context_.memory.locate(static_cast<std::int64_t>(violation->address - begin));
  fail(fmt::format("kernel '{}' on {} {} memory that it was not given", kernel.symbol, describe(),
                   violation->is_store ? "stores to" : "loads from"),
       where(instruction),
       fmt::format("{} bytes at {} of buffer '{}'; {} such accesses in this call", violation->bytes,
                   at, name, violation->count),
       "check the sizes that the design passes to the kernel");
}

}  // namespace shiftwise::sim
