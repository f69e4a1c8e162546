// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xrt/xrt_device.h"

// NOLINTBEGIN(readability-identifier-naming): the names are XRT's.

namespace xrt {

class hw_context {
 public:
  hw_context(const device&, uuid binary) : binary_(std::move(binary)) {}
  const uuid& get_xclbin_uuid() const { return binary_; }

 private:
  uuid binary_;
};

}  // namespace xrt
// NOLINTEND(readability-identifier-naming)
