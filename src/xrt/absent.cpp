// SPDX-License-Identifier: Apache-2.0
// Stands in for device.cpp in a build without XRT.
#include "core/diagnostic.h"
#include "xrt/device.h"

namespace shiftwise::xrt {

std::string unavailable() {
  return "this build has no XRT: install AMD's XRT with its NPU driver (Debian's libxrt is too "
         "old: it lacks xrt/xrt_hw_context.h), set XILINX_XRT, and build again";
}

std::unique_ptr<offload::ArrayDevice> open_device(const Binary&) {
  throw core::Error({.what = "cannot run on the NPU",
                     .why = unavailable(),
                     .hint = "--backend sim runs the same design without one"});
}

}  // namespace shiftwise::xrt
