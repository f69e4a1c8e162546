// SPDX-License-Identifier: Apache-2.0
// What stands behind the mock of XRT: a test plugs in the "hardware".
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mock {

struct Hardware {
  bool present = true;              ///< whether there is an NPU at all
  std::string kernel = "MLIR_AIE";  ///< the only kernel in every xclbin
  bool answers = true;              ///< otherwise every run times out
  bool aborts = false;              ///< every run ends in an error state
  /// Runs the design in the file `xclbin` on copies of the buffers in device memory.
  std::function<void(const std::string& xclbin, std::span<const std::span<std::byte>> buffers)> run;

  // What the host did, for tests to look at.
  std::vector<std::byte> instructions;  ///< as the last run saw them
  std::uint64_t opcode = 0;
  std::uint32_t instruction_words = 0;
};

inline Hardware& hardware() {
  static Hardware instance;
  return instance;
}

}  // namespace mock
