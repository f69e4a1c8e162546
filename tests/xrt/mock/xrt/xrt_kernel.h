// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "xrt/xrt_bo.h"
#include "xrt/xrt_hw_context.h"

// NOLINTBEGIN(readability-identifier-naming): the names are XRT's.

enum ert_cmd_state {
  ERT_CMD_STATE_COMPLETED = 4,
  ERT_CMD_STATE_ERROR = 5,
  ERT_CMD_STATE_TIMEOUT = 8,
};

namespace xrt {

class kernel {
 public:
  kernel(const hw_context& context, std::string name)
      : binary_(context.get_xclbin_uuid().of), name_(std::move(name)) {}
  int group_id(int argument) const { return argument; }
  const std::string& binary() const { return binary_; }

 private:
  std::string binary_;
  std::string name_;
};

class run {
 public:
  explicit run(const kernel& of) : kernel_(of) {}

  void set_arg(int index, const bo& buffer) { buffers_.insert_or_assign(index, buffer); }
  void set_arg(int index, std::uint64_t value) {
    if (index == 0) mock::hardware().opcode = value;
  }
  void set_arg(int index, std::uint32_t value) {
    if (index == 2) mock::hardware().instruction_words = value;
  }

  void start() {
    mock::Hardware& hardware = mock::hardware();
    if (!hardware.answers || hardware.aborts) return;
    std::vector<std::span<std::byte>> arguments;
    for (auto& [index, buffer] : buffers_) {
      if (index == 1) {
        hardware.instructions = buffer.on_device();
      } else {
        arguments.emplace_back(buffer.on_device());
      }
    }
    hardware.run(kernel_.binary(), arguments);
  }

  ert_cmd_state wait(const std::chrono::milliseconds&) const {
    if (!mock::hardware().answers) return ERT_CMD_STATE_TIMEOUT;
    return mock::hardware().aborts ? ERT_CMD_STATE_ERROR : ERT_CMD_STATE_COMPLETED;
  }

 private:
  kernel kernel_;
  std::map<int, bo> buffers_;
};

}  // namespace xrt
// NOLINTEND(readability-identifier-naming)
