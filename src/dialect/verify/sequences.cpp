// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"
#include "target/registers.h"

namespace shiftwise::dialect {
namespace {

class SequenceCheck {
 public:
  SequenceCheck(const Sequence& sequence, const DeviceProgram& program,
                const target::Device& device)
      : sequence_(sequence), program_(program), device_(device) {}

  void run() {
    for (const HostTask& task : sequence_.tasks) verify_task(task);
    // What another device's sequence leaves behind is not known here.
    const bool alone = std::none_of(
        sequence_.operations.begin(), sequence_.operations.end(),
        [](const HostOperation& op) { return std::holds_alternative<RunSequence>(op.what); });
    for (const HostOperation& operation : sequence_.operations) {
      location_ = operation.location;
      if (alone) std::visit(*this, operation.what);
    }
  }

  void operator()(const ConfigureTask& configure) {
    const HostTask& configured = task(configure.task);
    if (configured.descriptors.front().id) return;  // the text says which, and when again
    int& used = in_use_[configured.channel.tile];
    used += static_cast<int>(configured.descriptors.size());
    const int available = device_.facts(configured.channel.tile).descriptors;
    if (used > available) {
      refuse_unfit(at(location_, target::to_string(configured.channel)),
                   fmt::format("{} descriptors are configured and neither awaited nor freed, {} "
                               "has {}",
                               used, target::describe(device_, configured.channel.tile), available),
                   "await or free tasks before configuring more");
    }
    configured_.insert(configure.task);
  }

  void operator()(const StartTask& start) {
    if (task(start.task).issue_token) tokens_[task(start.task).channel] += 1;
  }

  void operator()(const AwaitTask& await) {
    take(task(await.task).channel);
    release(await.task);
  }

  void operator()(const FreeTask& freed) { release(freed.task); }

  void operator()(const Sync& sync) {
    for (int column = 0; column < sync.columns; ++column) {
      for (int row = 0; row < sync.rows; ++row) {
        Channel channel = sync.channel;
        channel.tile.column += column;
        channel.tile.row += row;
        take(channel);
      }
    }
  }

  void operator()(const PushQueue& push) {
    verify_channel(push.channel, at(location_, "aiex.npu.push_queue"));
    if (push.issue_token) tokens_[push.channel] += 1;
  }

  void operator()(const WriteRegister& write) {
    const target::RegisterAddress address = target::split_address(write.address);
    for (std::size_t i = 0; i < write.words.size(); ++i) {
      const target::Register written = target::decode_register(
          device_, {address.tile, address.offset + 4 * static_cast<std::uint32_t>(i)});
      if (written.kind == target::RegisterKind::kTaskQueue && written.channel &&
          target::decode_queue_word(write.words[i]).issue_token) {
        tokens_[*written.channel] += 1;
      }
    }
  }

  void operator()(const AddressPatch&) {}
  void operator()(const WriteBuffer&) {}
  void operator()(const SetLock&) {}
  void operator()(const ResetChannel&) {}
  void operator()(const RunSequence&) {}

 private:
  const HostTask& task(Index index) const {
    return sequence_.tasks[static_cast<std::size_t>(index)];
  }

  void verify_channel(const Channel& channel, const std::string& where) const {
    const int channels = device_.dma_channels(channel.tile);
    if (channel.number >= 0 && channel.number < channels) return;
    refuse_unfit(where,
                 fmt::format("{} has no {} channel {}", target::describe(device_, channel.tile),
                             target::name(channel.direction), channel.number),
                 channels == 0 ? "use a shim tile of another column"
                               : fmt::format("it has channels 0 to {}", channels - 1));
  }

  void verify_task(const HostTask& checked) const {
    const std::string where = at(checked.location, target::to_string(checked.channel));
    verify_channel(checked.channel, where);
    const bool shim = device_.kind(checked.channel.tile) == target::TileKind::kShim;
    for (const BufferDescriptor& descriptor : checked.descriptors) {
      if (shim == (descriptor.memory.host_argument == kNone)) {
        refuse_invalid(at(descriptor.location, target::to_string(checked.channel)),
                       shim ? "a shim DMA moves a buffer of the array"
                            : "the DMA of a tile with memory moves a host buffer",
                       "shim tiles move host buffers, other tiles their own");
      }
      verify_descriptor(descriptor, checked.channel, memory_of(descriptor), device_);
      if (descriptor.id && !device_.descriptor_allowed(checked.channel, *descriptor.id)) {
        refuse_unfit(where, fmt::format("this channel cannot use descriptor {}", *descriptor.id),
                     fmt::format("{} has descriptors 0 to {}",
                                 target::describe(device_, checked.channel.tile),
                                 device_.facts(checked.channel.tile).descriptors - 1));
      }
    }
  }

  MovedMemory memory_of(const BufferDescriptor& descriptor) const {
    if (descriptor.memory.buffer != kNone) {
      const Buffer& buffer = program_.buffers[static_cast<std::size_t>(descriptor.memory.buffer)];
      return {"buffer '" + buffer.name + "'", buffer.bytes};
    }
    return {};
  }

  /// Waiting for a token that nothing sends never ends.
  void take(const Channel& channel) {
    if (--tokens_[channel] >= 0) return;
    refuse_invalid(at(location_, target::to_string(channel)),
                   "it waits for a token, and no task before it sends one",
                   "start a task with issue_token = true on that channel first");
  }

  void release(Index index) {
    if (configured_.erase(index) == 0) return;
    in_use_[task(index).channel.tile] -= static_cast<int>(task(index).descriptors.size());
  }

  const Sequence& sequence_;
  const DeviceProgram& program_;
  const target::Device& device_;
  Location location_;
  std::map<Channel, std::int64_t> tokens_;
  std::map<core::TileId, int> in_use_;
  std::set<Index> configured_;
};

}  // namespace

void verify_sequences(const DeviceProgram& program, const target::Device& device) {
  std::set<std::string> names;
  for (const Sequence& sequence : program.sequences) {
    if (!names.insert(sequence.name).second) {
      refuse_invalid(at(sequence.location, "sequence '" + sequence.name + "'"),
                     "another sequence has its name");
    }
    SequenceCheck(sequence, program, device).run();
  }
}

}  // namespace shiftwise::dialect
