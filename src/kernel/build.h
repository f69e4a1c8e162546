// SPDX-License-Identifier: Apache-2.0
// A kernel's source, compiled for this machine: the same C++ that the NPU's compiler takes,
// with the host's aie_api (kernels/host) in place of the vendor's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace shiftwise::kernel {

struct BuildOptions {
  std::filesystem::path output = {};  ///< empty: the source's stem + ".so", where one stands
  std::vector<std::filesystem::path> include_folders = {};
  std::vector<std::string> defines = {};    ///< "NAME" or "NAME=VALUE"
  std::vector<std::string> arguments = {};  ///< anything else, handed on as it is
  std::string march = "native";             ///< empty: the compiler's baseline
  /// Every load and store asks whether the core may touch that memory (CoreKernels::allow):
  /// a kernel that leaves its buffers is caught at the access.
  bool check_accesses = false;
};

struct Built {
  std::filesystem::path library;
  std::string compiler;              ///< as found: "c++", or the path in $CXX
  std::vector<std::string> command;  ///< what was run
  std::string warnings;              ///< what the compiler said, although it succeeded
  std::vector<std::string> symbols;  ///< the functions that a design can call
};

/// Compiles `source` into a shared library, written to a temporary and renamed. Throws Error
/// where there is no compiler (naming what to install), no source, or where the compiler
/// refuses (its own message is part of the error).
Built build(const std::filesystem::path& source, const BuildOptions& options = {});

/// The folder with the host's aie_api: $SHIFTWISE_KERNEL_HEADERS, share/shiftwise/kernels
/// beside the program, or this build's sources.
std::filesystem::path header_folder();

}  // namespace shiftwise::kernel
