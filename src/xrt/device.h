// SPDX-License-Identifier: Apache-2.0
// A real NPU through AMD's XRT. Only device.cpp sees XRT's headers.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "offload/array_device.h"

namespace shiftwise::xrt {

/// What the tool chain made of a design: the Makefile that `shiftwise compile` writes.
struct Binary {
  std::filesystem::path xclbin;
  std::filesystem::path instructions;          ///< 32-bit words of the host sequence
  std::vector<std::size_t> argument_bytes;     ///< one per argument of the sequence
  std::chrono::milliseconds patience{10'000};  ///< for one run, before it counts as hanging
};

/// Empty where an NPU can be used, else what is missing and how to get it.
std::string unavailable();

/// Loads the binary onto the first NPU. Throws Error where a file is missing or damaged, or
/// where XRT refuses (with its reason).
std::unique_ptr<offload::ArrayDevice> open_device(const Binary& binary);

}  // namespace shiftwise::xrt
