// SPDX-License-Identifier: Apache-2.0
// What a call of a kernel needs, worked out once.
#pragma once

#include <ffi.h>

#include "kernel/core_kernels.h"

namespace shiftwise::kernel {

struct Function::Prepared {
  Prepared(std::string symbol, std::filesystem::path library, void* address,
           const Signature& signature);

  std::string symbol;
  std::filesystem::path library;
  void (*address)();
  std::vector<ffi_type*> types;
  ffi_cif interface;
};

}  // namespace shiftwise::kernel
