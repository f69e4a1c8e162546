// SPDX-License-Identifier: Apache-2.0
// Something that holds a design and runs its host sequence: the simulator, or an NPU.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace shiftwise::offload {

class ArrayDevice {
 public:
  virtual ~ArrayDevice() = default;

  /// One line for people: "simulated npu1, mapping published".
  virtual std::string describe() const = 0;

  /// Bytes that it keeps between runs.
  virtual std::size_t memory_bytes() const = 0;

  /// Runs the design's sequence once. One entry per argument of the sequence, in order and of
  /// its size; what the design writes is in them afterwards. Throws Error where the array
  /// stops (deadlock, a failed check) or does not answer.
  virtual void run(std::span<const std::span<std::byte>> arguments) = 0;
};

}  // namespace shiftwise::offload
