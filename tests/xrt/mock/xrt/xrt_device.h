// SPDX-License-Identifier: Apache-2.0
// A mock of the few calls of XRT that src/xrt/device.cpp makes, with their published names.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "xrt/mock/hardware.h"

// NOLINTBEGIN(readability-identifier-naming): the names are XRT's.

namespace xrt {

struct uuid {
  std::string of;
};

class xclbin {
 public:
  class kernel {
   public:
    explicit kernel(std::string name) : name_(std::move(name)) {}
    std::string get_name() const { return name_; }

   private:
    std::string name_;
  };

  explicit xclbin(const std::string& path) : path_(path) {
    if (!std::filesystem::exists(path)) throw std::runtime_error("no such xclbin: " + path);
  }
  std::vector<kernel> get_kernels() const { return {kernel(mock::hardware().kernel)}; }
  uuid get_uuid() const { return {path_}; }

 private:
  std::string path_;
};

class device {
 public:
  explicit device(unsigned index) {
    if (!mock::hardware().present) {
      throw std::runtime_error("no device with index " + std::to_string(index));
    }
  }
  uuid register_xclbin(const xclbin& binary) { return binary.get_uuid(); }
};

}  // namespace xrt
// NOLINTEND(readability-identifier-naming)
