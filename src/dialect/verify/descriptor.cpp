// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

constexpr std::int64_t kWordBytes = 4;
/// Strides and sizes are at most this; more says nothing to any hardware, and sums stay small.
constexpr std::int64_t kLargest = std::int64_t{1} << 40;

class DescriptorCheck {
 public:
  DescriptorCheck(const BufferDescriptor& descriptor, const Channel& channel,
                  const MovedMemory& memory, const target::Device& device)
      : descriptor_(descriptor),
        channel_(channel),
        memory_(memory),
        device_(device),
        limits_(device.facts(channel.tile).descriptor),
        where_(at(descriptor.location, target::to_string(channel))) {}

  void run() {
    sane();
    length();
    dimensions();
    iteration();
    padding();
    packet();
    bounds();
  }

 private:
  std::int64_t bytes(std::int64_t elements) const { return elements * descriptor_.element_bytes; }

  /// Nothing absurd, so that the arithmetic below cannot overflow.
  void sane() const {
    const auto absurd = [](std::int64_t value) { return value < 0 || value > kLargest; };
    if (descriptor_.offset < 0) {
      refuse_invalid(where_, fmt::format("an offset of {}", descriptor_.offset));
    }
    if (descriptor_.length < 1) {
      refuse_invalid(where_, fmt::format("a length of {}", descriptor_.length),
                     "a descriptor moves at least one word");
    }
    bool bad = absurd(descriptor_.offset) || absurd(descriptor_.length);
    for (const Dimension& dimension : descriptor_.dimensions) {
      if (dimension.size < 1) {
        refuse_invalid(where_, fmt::format("a dimension of size {}", dimension.size),
                       "sizes start at 1");
      }
      bad = bad || absurd(dimension.size) || absurd(dimension.stride);
    }
    if (descriptor_.iteration) {
      bad = bad || absurd(descriptor_.iteration->size) || absurd(descriptor_.iteration->stride);
    }
    for (const Padding& padding : descriptor_.padding) {
      bad = bad || absurd(padding.before) || absurd(padding.after);
    }
    if (bad) {
      refuse_invalid(where_, "an offset, length, size, stride or padding is negative or absurd");
    }
  }

  void whole_words(std::int64_t elements, const char* what) const {
    if (bytes(elements) % kWordBytes == 0) return;
    refuse_unfit(where_, fmt::format("its {} is {} bytes", what, bytes(elements)),
                 fmt::format("DMAs move whole words of {} bytes", kWordBytes));
  }

  void length() const {
    whole_words(descriptor_.offset, "offset");
    whole_words(descriptor_.length, "length");
    const std::int64_t words = bytes(descriptor_.length) / kWordBytes;
    if (words > limits_.length_words) {
      refuse_unfit(where_,
                   fmt::format("it moves {} words, a descriptor of a {} tile at most {}", words,
                               target::name(device_.kind(channel_.tile)), limits_.length_words),
                   "move smaller objects");
    }
  }

  void dimensions() const {
    const auto& dimensions = descriptor_.dimensions;
    if (dimensions.size() > static_cast<std::size_t>(limits_.dimensions)) {
      refuse_unfit(where_,
                   fmt::format("{} dimensions; a descriptor of a {} tile has {} and an "
                               "iteration",
                               dimensions.size(), target::name(device_.kind(channel_.tile)),
                               limits_.dimensions),
                   "fold dimensions that lie one behind the other");
    }
    // Dimensions of one element say nothing about how memory is walked.
    const auto first = std::find_if(dimensions.begin(), dimensions.end(),
                                    [](const Dimension& d) { return d.size != 1; });
    for (auto dimension = first; dimension != dimensions.end(); ++dimension) {
      const bool innermost = dimension + 1 == dimensions.end();
      std::int64_t size = dimension->size;
      if (innermost) {
        inner(*dimension);
        size = std::max<std::int64_t>(1, bytes(size) / kWordBytes);
      } else if (dimension->size != 1) {
        stride(*dimension);
      }
      if (dimension != first && size > limits_.wrap) {
        refuse_unfit(where_,
                     fmt::format("a dimension of size {}{}; only the outermost may be "
                                 "larger than {}",
                                 size, innermost ? " words" : "", limits_.wrap),
                     "split it into two dimensions");
      }
    }
  }

  void inner(const Dimension& dimension) const {
    if (descriptor_.element_bytes >= kWordBytes) return stride(dimension);
    if (dimension.size == 1) return;
    if (dimension.stride != 1) {
      refuse_unfit(where_,
                   fmt::format("the innermost stride is {} elements of {} bytes", dimension.stride,
                               descriptor_.element_bytes),
                   "elements smaller than a word are only moved one behind the other");
    }
    whole_words(dimension.size, "innermost size");
  }

  void stride(const Dimension& dimension) const {
    if (dimension.size > 1 && dimension.stride == 0) {
      refuse_unfit(where_, fmt::format("a stride of 0 in a dimension of size {}", dimension.size),
                   "only the iteration can stay where it is; repeat the task");
    }
    whole_words(dimension.stride, "stride");
    const std::int64_t words = bytes(dimension.stride) / kWordBytes;
    if (dimension.size > 1 && words > limits_.step_words) {
      refuse_unfit(
          where_, fmt::format("a stride of {} words; the largest is {}", words, limits_.step_words),
          "move the data in several transfers");
    }
  }

  void iteration() const {
    if (!descriptor_.iteration) return;
    const Dimension& iteration = *descriptor_.iteration;
    if (iteration.size < 1 || (iteration.size > limits_.iterations && iteration.stride != 0)) {
      refuse_unfit(where_,
                   fmt::format("{} iterations; a descriptor has 1 to {}", iteration.size,
                               limits_.iterations),
                   "move the data in several transfers");
    }
    whole_words(iteration.stride, "iteration stride");
    const std::int64_t words = bytes(iteration.stride) / kWordBytes;
    if (words > limits_.iteration_step_words) {
      refuse_unfit(where_,
                   fmt::format("an iteration stride of {} words; the largest is {}", words,
                               limits_.iteration_step_words),
                   "move the data in several transfers");
    }
  }

  void padding() const {
    const auto& padding = descriptor_.padding;
    if (padding.empty()) return;
    if (channel_.direction != Direction::kMm2s || limits_.padding_words[0] == 0) {
      refuse_unfit(where_, "padding is added where a mem tile sends", "pad on a mem tile's MM2S");
    }
    if (padding.size() != descriptor_.dimensions.size()) {
      refuse_invalid(where_,
                     fmt::format("padding of {} dimensions for {}", padding.size(),
                                 descriptor_.dimensions.size()),
                     "give one pair for each dimension");
    }
    for (std::size_t i = 0; i < padding.size(); ++i) {
      const Padding& pad = padding[padding.size() - 1 - i];
      if (i == 0) {
        whole_words(pad.before, "innermost padding");
        whole_words(pad.after, "innermost padding");
      }
      const std::int64_t unit = i == 0 ? descriptor_.element_bytes : kWordBytes;
      const std::int64_t largest = std::max(pad.before, pad.after) * unit / kWordBytes;
      const std::int64_t most = i < limits_.padding_words.size() ? limits_.padding_words[i] : 0;
      if (largest > most) {
        refuse_unfit(where_, fmt::format("{}{} of padding in dimension {} (0 is the innermost); "
                                         "the most is {}",
                                         largest, i == 0 ? " words" : "", i, most));
      }
    }
  }

  void packet() const {
    if (descriptor_.packet_id &&
        (*descriptor_.packet_id < 0 || *descriptor_.packet_id >= limits_.packet_ids)) {
      refuse_unfit(where_, fmt::format("packet id {}", *descriptor_.packet_id),
                   fmt::format("packet ids are 0 to {}", limits_.packet_ids - 1));
    }
  }

  void bounds() const {
    if (!memory_.bytes) return;
    const std::int64_t elements = *memory_.bytes / descriptor_.element_bytes;
    const std::int64_t last = last_element(descriptor_);
    if (last < elements) return;
    refuse_invalid(where_,
                   fmt::format("it reaches element {} of {}, which has {} ({} bytes)", last,
                               memory_.name, elements, *memory_.bytes),
                   "offset, sizes and strides are in elements");
  }

  const BufferDescriptor& descriptor_;
  const Channel& channel_;
  const MovedMemory& memory_;
  const target::Device& device_;
  const target::DescriptorLimits& limits_;
  std::string where_;
};

}  // namespace

std::int64_t last_element(const BufferDescriptor& descriptor) {
  constexpr std::int64_t kBeyondAny = std::int64_t{1} << 62;
  std::int64_t last = descriptor.offset;
  std::int64_t reach = 0;
  if (descriptor.dimensions.empty()) {
    last += descriptor.length - 1;
  } else {
    // The length cuts the outermost dimension.
    std::int64_t left = descriptor.length - 1;
    for (auto dimension = descriptor.dimensions.rbegin(); dimension != descriptor.dimensions.rend();
         ++dimension) {
      const bool outermost = dimension + 1 == descriptor.dimensions.rend();
      const std::int64_t reached = outermost ? left : std::min(left, dimension->size - 1);
      if (__builtin_mul_overflow(reached, dimension->stride, &reach) ||
          __builtin_add_overflow(last, reach, &last)) {
        return kBeyondAny;
      }
      left /= dimension->size;
    }
  }
  if (descriptor.iteration) {
    if (__builtin_mul_overflow(descriptor.iteration->size - 1, descriptor.iteration->stride,
                               &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      return kBeyondAny;
    }
  }
  return last;
}

void verify_descriptor(const BufferDescriptor& descriptor, const Channel& channel,
                       const MovedMemory& memory, const target::Device& device) {
  DescriptorCheck(descriptor, channel, memory, device).run();
}

}  // namespace shiftwise::dialect
