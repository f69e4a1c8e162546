// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "xrt/xrt_device.h"

// NOLINTBEGIN(readability-identifier-naming): the names are XRT's.

enum xclBOSyncDirection { XCL_BO_SYNC_BO_TO_DEVICE, XCL_BO_SYNC_BO_FROM_DEVICE };

namespace xrt {

/// A buffer with a host side and a device side: what was not synchronized is not seen.
class bo {
 public:
  enum class flags { normal, cacheable, host_only };

  bo(const device&, std::size_t bytes, flags, int)
      : host_(std::make_shared<std::vector<std::byte>>(bytes)),
        device_(std::make_shared<std::vector<std::byte>>(bytes, std::byte{0xA5})) {}

  template <typename T>
  T map() {
    return reinterpret_cast<T>(host_->data());
  }
  void sync(xclBOSyncDirection direction) {
    if (direction == XCL_BO_SYNC_BO_TO_DEVICE) {
      *device_ = *host_;
    } else {
      *host_ = *device_;
    }
  }
  std::vector<std::byte>& on_device() const { return *device_; }

 private:
  std::shared_ptr<std::vector<std::byte>> host_;
  std::shared_ptr<std::vector<std::byte>> device_;
};

}  // namespace xrt
// NOLINTEND(readability-identifier-naming)
