// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

/// The bytes that a text declares; nothing where an extent is open.
std::optional<std::int64_t> declared_bytes(const MemrefType& type) {
  std::int64_t bytes = type.element_bytes();
  for (const std::int64_t extent : type.shape) {
    if (extent < 0 || __builtin_mul_overflow(bytes, extent, &bytes)) return std::nullopt;
  }
  return bytes;
}

struct Reach {
  std::int64_t bytes = 0;
  Location location = {};
};

/// Bytes up to the end of the last that any transfer moves, by host buffer.
std::vector<Reach> reached(const Sequence& sequence) {
  std::vector<Reach> result(sequence.arguments.size());
  for (const HostTask& task : sequence.tasks) {
    for (const BufferDescriptor& descriptor : task.descriptors) {
      if (descriptor.memory.host_argument == kNone) continue;
      Reach& reach = result[static_cast<std::size_t>(descriptor.memory.host_argument)];
      const std::int64_t elements = last_element(descriptor) + 1;
      std::int64_t bytes = 0;
      if (__builtin_mul_overflow(elements, descriptor.element_bytes, &bytes)) bytes = elements;
      if (bytes > reach.bytes) reach = {bytes, descriptor.location};
    }
  }
  return result;
}

}  // namespace

std::vector<std::string> undeclared_transfers(const DeviceProgram& program) {
  std::vector<std::string> notes;
  for (const Sequence& sequence : program.sequences) {
    const std::vector<Reach> reaches = reached(sequence);
    for (std::size_t i = 0; i < reaches.size(); ++i) {
      const std::optional<std::int64_t> declared = declared_bytes(sequence.arguments[i]);
      if (!declared || reaches[i].bytes <= *declared) continue;
      notes.push_back(fmt::format(
          "{}: {} bytes of host buffer {} are moved, which is declared with {} ({}); "
          "it must be given larger",
          reaches[i].location, reaches[i].bytes, i, *declared, sequence.arguments[i].text));
    }
  }
  return notes;
}

}  // namespace shiftwise::dialect
