// SPDX-License-Identifier: Apache-2.0
#include "sim/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/channel.h"
#include "sim/fail.h"

namespace shiftwise::sim {
namespace {

/// Larger than any memory: products of a few such numbers still fit 64 bits.
constexpr std::int64_t kLargest = std::int64_t{1} << 36;

[[noreturn]] void refuse(const target::Channel& channel, const dialect::BufferDescriptor& bad,
                         const std::string& why) {
  fail(fmt::format("a descriptor of {} cannot be executed", target::to_string(channel)),
       bad.location, why);
}

bool sane(std::int64_t value, std::int64_t least) { return value >= least && value <= kLargest; }

/// Elements that go over the stream.
std::int64_t sent_elements(const target::Channel& channel,
                           const dialect::BufferDescriptor& descriptor) {
  const bool padded = std::ranges::any_of(
      descriptor.padding, [](const auto& each) { return each.before != 0 || each.after != 0; });
  if (!padded) return descriptor.length;
  std::int64_t result = 1;
  for (std::size_t i = 0; i < descriptor.dimensions.size(); ++i) {
    const dialect::Padding& padding = descriptor.padding[i];
    if (!sane(padding.before, 0) || !sane(padding.after, 0) ||
        __builtin_mul_overflow(
            result, descriptor.dimensions[i].size + padding.before + padding.after, &result) ||
        !sane(result, 1)) {
      refuse(channel, descriptor, "its padding is beyond any memory");
    }
  }
  return result;
}

void check(const target::Channel& channel, const std::vector<dialect::BufferDescriptor>& all,
           const dialect::BufferDescriptor& descriptor) {
  const auto count = static_cast<dialect::Index>(all.size());
  if (!sane(descriptor.length, 1)) {
    refuse(channel, descriptor, fmt::format("it moves {} elements", descriptor.length));
  }
  if (!sane(descriptor.element_bytes, 1) || descriptor.element_bytes > 2 * Channel::kWordBytes ||
      !sane(descriptor.offset, 0)) {
    refuse(channel, descriptor, fmt::format("it begins at element {}", descriptor.offset));
  }
  for (const dialect::Dimension& dimension : descriptor.dimensions) {
    if (!sane(dimension.size, 1) || !sane(dimension.stride, 0)) {
      refuse(
          channel, descriptor,
          fmt::format("a dimension has size {} and stride {}", dimension.size, dimension.stride));
    }
  }
  if (!descriptor.padding.empty() && descriptor.padding.size() != descriptor.dimensions.size()) {
    refuse(channel, descriptor,
           fmt::format("{} dimensions and padding for {}", descriptor.dimensions.size(),
                       descriptor.padding.size()));
  }
  if (descriptor.iteration &&
      (!sane(descriptor.iteration->size, 1) || !sane(descriptor.iteration->stride, 0))) {
    refuse(channel, descriptor,
           fmt::format("its iteration has size {} and stride {}", descriptor.iteration->size,
                       descriptor.iteration->stride));
  }
  if (descriptor.next < dialect::kNone || descriptor.next >= count) {
    refuse(channel, descriptor, "its next descriptor does not exist");
  }
  const std::int64_t bytes = sent_elements(channel, descriptor) * descriptor.element_bytes;
  if (bytes % Channel::kWordBytes != 0) {
    refuse(channel, descriptor,
           fmt::format("it moves {} bytes, and streams carry words of {}", bytes,
                       Channel::kWordBytes));
  }
  for (const dialect::LockUse& use : {descriptor.acquire, descriptor.release}) {
    if (use.lock != dialect::kNone && use.value < 0) {
      refuse(channel, descriptor, fmt::format("it uses a lock with the value {}", use.value));
    }
  }
}

void check_chain(const target::Channel& channel,
                 const std::vector<dialect::BufferDescriptor>& descriptors,
                 const dialect::Location& location) {
  if (descriptors.empty()) {
    fail(fmt::format("a task of {} has no descriptor", target::to_string(channel)), location, {});
  }
  for (const dialect::BufferDescriptor& descriptor : descriptors) {
    check(channel, descriptors, descriptor);
  }
}

}  // namespace

std::int64_t total_bytes(const dialect::MemrefType& type) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : type.shape) {
    if (extent < 0 || __builtin_mul_overflow(elements, extent, &elements)) return 0;
  }
  return elements <= kLargest ? elements * type.element_bytes() : 0;
}

void validate(const dialect::DeviceProgram& program, const target::Device& device) {
  for (const dialect::DmaTask& task : program.dma_tasks) {
    check_chain(task.channel, task.descriptors, task.location);
  }
  for (const dialect::Sequence& sequence : program.sequences) {
    for (const dialect::HostTask& task : sequence.tasks) {
      check_chain(task.channel, task.descriptors, task.location);
    }
  }
  for (const dialect::Lock& lock : program.locks) {
    if (lock.initial < 0 || lock.initial > device.lock_max) {
      fail(fmt::format("lock '{}' cannot begin at {}", lock.name, lock.initial), lock.location,
           fmt::format("locks count from 0 to {}", device.lock_max));
    }
  }
}

}  // namespace shiftwise::sim
