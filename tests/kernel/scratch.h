// SPDX-License-Identifier: Apache-2.0
// A folder of a test's own, and kernels built from a few lines of source.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/diagnostic.h"
#include "kernel/build.h"

namespace shiftwise::kernel {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "kernel-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    folder_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  /// Builds NAME.cc with that text into NAME.so.
  std::filesystem::path build_kernel(const std::string& name, const std::string& text,
                                     BuildOptions options = {}) const {
    options.output = folder_ / (name + ".so");
    return build(write(name + ".cc", text), options).library;
  }

 private:
  std::filesystem::path folder_;
};

/// The diagnostic of what `work` throws; empty where it throws nothing.
template <typename Work>
core::Diagnostic refusal(Work work) {
  try {
    work();
  } catch (const core::Error& error) {
    return error.diagnostic();
  }
  return {.what = "nothing was refused"};
}

}  // namespace shiftwise::kernel
