// SPDX-License-Identifier: Apache-2.0
#include "dialect/program_text.h"

#include <fmt/format.h>

#include "target/device.h"

namespace shiftwise::dialect {
namespace {

const std::string& name(const DeviceProgram& device, const BdMemory& memory, std::string& buffer) {
  if (memory.buffer != kNone) return device.buffers[static_cast<std::size_t>(memory.buffer)].name;
  buffer = fmt::format("host {}", memory.host_argument);
  return buffer;
}

std::string lock_use(const DeviceProgram& device, const LockUse& use, const char* verb) {
  if (use.lock == kNone) return {};
  return fmt::format(" {} {} {}{}", verb, device.locks[static_cast<std::size_t>(use.lock)].name,
                     use.equal ? "=" : "", use.value);
}

std::string text(const DeviceProgram& device, const BufferDescriptor& descriptor) {
  std::string host;
  std::string line = fmt::format("{} [{} +{}]", name(device, descriptor.memory, host),
                                 descriptor.offset, descriptor.length);
  if (descriptor.element_bytes != 1) line += fmt::format(" x{} bytes", descriptor.element_bytes);
  for (const Dimension& dimension : descriptor.dimensions) {
    line += fmt::format(" {}:{}", dimension.size, dimension.stride);
  }
  if (descriptor.iteration) {
    line += fmt::format(" again {}:{}", descriptor.iteration->size, descriptor.iteration->stride);
  }
  for (const Padding& padding : descriptor.padding) {
    line += fmt::format(" pad {}/{}", padding.before, padding.after);
  }
  if (descriptor.packet_id) line += fmt::format(" packet {}", *descriptor.packet_id);
  line += lock_use(device, descriptor.acquire, "acquire");
  line += lock_use(device, descriptor.release, "release");
  if (descriptor.id) line += fmt::format(" id {}", *descriptor.id);
  line += descriptor.next == kNone ? " end" : fmt::format(" -> {}", descriptor.next);
  return line;
}

template <typename Descriptors>
std::string list(const DeviceProgram& device, const Descriptors& descriptors) {
  std::string result;
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    result += fmt::format("    {}: {}\n", i, text(device, descriptors[i]));
  }
  return result;
}

std::string port_text(const StreamPort& port) {
  return fmt::format("{} {} {}", target::to_string(port.tile), target::name(port.bundle),
                     port.channel);
}

std::string memories(const DeviceProgram& device) {
  std::string result;
  for (const Buffer& buffer : device.buffers) {
    result += fmt::format("buffer {} {} {}", buffer.name, target::to_string(buffer.tile),
                          buffer.type.text);
    if (buffer.address) result += fmt::format(" at {}", *buffer.address);
    if (!buffer.initial.empty()) result += " initialized";
    result += "\n";
  }
  for (const Lock& lock : device.locks) {
    result += fmt::format("lock {} {}", lock.name, target::to_string(lock.tile));
    if (lock.id) result += fmt::format(" id {}", *lock.id);
    result += fmt::format(" = {}\n", lock.initial);
  }
  for (const FifoPool& pool : device.pools) {
    result += fmt::format("pool {}:", pool.fifo);
    for (const Index buffer : pool.buffers) {
      result += " " + device.buffers[static_cast<std::size_t>(buffer)].name;
    }
    result += "\n";
  }
  return result;
}

std::string streams(const DeviceProgram& device) {
  std::string result;
  for (const DmaTask& task : device.dma_tasks) {
    result += "dma " + target::to_string(task.channel);
    if (!task.fifo.empty()) result += " for " + task.fifo;
    if (task.repeat != 0) result += fmt::format(" repeat {}", task.repeat);
    result += "\n" + list(device, task.descriptors);
  }
  for (const Route& route : device.routes) {
    result += "route " + port_text(route.source) + " ->";
    for (std::size_t i = 0; i < route.destinations.size(); ++i) {
      result += (i == 0 ? " " : ", ") + port_text(route.destinations[i]);
    }
    if (route.packet_id) result += fmt::format(" packet {}", *route.packet_id);
    if (!route.fifo.empty()) result += " for " + route.fifo;
    result += "\n";
  }
  for (const Cascade& cascade : device.cascades) {
    result += fmt::format("cascade {} -> {}\n", target::to_string(cascade.from),
                          target::to_string(cascade.to));
  }
  for (const ShimAllocation& allocation : device.allocations) {
    result +=
        fmt::format("allocation {} = {}\n", allocation.name, target::to_string(allocation.channel));
  }
  return result;
}

struct OperationText {
  const DeviceProgram& device;

  std::string operator()(const ConfigureTask& op) const {
    return fmt::format("configure {}", op.task);
  }
  std::string operator()(const StartTask& op) const { return fmt::format("start {}", op.task); }
  std::string operator()(const AwaitTask& op) const { return fmt::format("await {}", op.task); }
  std::string operator()(const FreeTask& op) const { return fmt::format("free {}", op.task); }
  std::string operator()(const Sync& op) const {
    return fmt::format("sync {} {}x{}", target::to_string(op.channel), op.columns, op.rows);
  }
  std::string operator()(const WriteBuffer& op) const {
    return fmt::format("write {}[{}] = {}{}",
                       device.buffers[static_cast<std::size_t>(op.buffer)].name, op.word, op.value,
                       op.mask == 0xFFFFFFFF ? "" : fmt::format(" mask 0x{:08X}", op.mask));
  }
  std::string operator()(const SetLock& op) const {
    return fmt::format("set {} = {}", device.locks[static_cast<std::size_t>(op.lock)].name,
                       op.value);
  }
  std::string operator()(const WriteRegister& op) const {
    std::string line = fmt::format("register 0x{:08X}", op.address);
    for (const std::uint32_t word : op.words) line += fmt::format(" 0x{:08X}", word);
    if (op.mask != 0xFFFFFFFF) line += fmt::format(" mask 0x{:08X}", op.mask);
    return line;
  }
  std::string operator()(const AddressPatch& op) const {
    return fmt::format("patch 0x{:08X} = host {} + {} bytes", op.address, op.host_argument,
                       op.plus_bytes);
  }
  std::string operator()(const PushQueue& op) const {
    return fmt::format("push {} descriptor {} repeat {}{}", target::to_string(op.channel),
                       op.descriptor, op.repeat, op.issue_token ? " token" : "");
  }
  std::string operator()(const ResetChannel& op) const {
    return "reset " + target::to_string(op.channel);
  }
  std::string operator()(const RunSequence& op) const {
    std::string line = fmt::format("run {}::{}", op.device, op.sequence);
    for (const Index argument : op.arguments) line += fmt::format(" {}", argument);
    return line;
  }
};

std::string sequence_text(const DeviceProgram& device, const Sequence& sequence) {
  std::string result = "sequence " + sequence.name + ":";
  for (const MemrefType& argument : sequence.arguments) result += " " + argument.text;
  result += "\n";
  for (std::size_t i = 0; i < sequence.tasks.size(); ++i) {
    const HostTask& task = sequence.tasks[i];
    result += fmt::format("  task {} on {}", i, target::to_string(task.channel));
    if (task.repeat != 0) result += fmt::format(" repeat {}", task.repeat);
    if (task.issue_token) result += " token";
    result += "\n" + list(device, task.descriptors);
  }
  for (const HostOperation& operation : sequence.operations) {
    result += "  " + std::visit(OperationText{device}, operation.what) + "\n";
  }
  return result;
}

}  // namespace

std::string to_text(const DeviceProgram& device) {
  std::string result = "device " + device.device;
  if (!device.name.empty()) result += " @" + device.name;
  result += "\n" + memories(device) + streams(device);
  for (const FifoPort& port : device.ports) {
    const CoreProgram& core = device.cores[static_cast<std::size_t>(port.core)];
    result +=
        fmt::format("port {} {} of core {}{}{}\n", port.fifo, port.produce ? "Produce" : "Consume",
                    target::to_string(core.tile), lock_use(device, port.acquire, "acquire"),
                    lock_use(device, port.release, "release"));
  }
  for (const CoreProgram& core : device.cores) result += to_text(core, device);
  for (const Sequence& sequence : device.sequences) result += sequence_text(device, sequence);
  for (const std::string& note : device.notes) result += "note " + note + "\n";
  return result;
}

std::string to_text(const Program& program) {
  std::string result;
  for (const DeviceProgram& device : program.devices) result += to_text(device);
  return result;
}

}  // namespace shiftwise::dialect
