// SPDX-License-Identifier: Apache-2.0
// Every build of the kernels that this machine runs, and memory in which a byte too far ends
// the test.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernel/core_kernels.h"
#include "kernel/variants.h"

namespace shiftwise::tests {

struct KernelBuild {
  std::string name;  ///< "aie2.avx2", "aie2p"
  std::unique_ptr<kernel::CoreKernels> core;

  /// A kernel's arguments are pointers, then scalars.
  void call(const std::string& symbol, const std::vector<const void*>& pointers,
            const std::vector<std::int32_t>& scalars = {}) const {
    kernel::Signature signature;
    std::vector<kernel::Value> values;
    for (const void* pointer : pointers) {
      signature.arguments.push_back(kernel::Kind::kPointer);
      values.push_back(kernel::pointer(const_cast<void*>(pointer)));
    }
    for (const std::int32_t scalar : scalars) {
      signature.arguments.push_back(kernel::Kind::kInt32);
      values.push_back(kernel::integer(scalar));
    }
    core->find(symbol, signature).call(values);
  }
};

/// The built-in variants, as far as this build has them (sanitized ones have the baseline), and
/// the AIE2P build. Each is one core.
inline const std::vector<KernelBuild>& kernel_builds() {
  static const std::vector<KernelBuild> builds = [] {
    std::vector<KernelBuild> list;
    const auto add = [&](const std::string& name, const std::filesystem::path& folder,
                         const std::string& suffix, const std::vector<const char*>& stems) {
      list.push_back({name, std::make_unique<kernel::CoreKernels>(0, 2)});
      for (const char* stem : stems) {
        list.back().core->load(kernel::open_library(folder / (stem + suffix + ".so")));
      }
    };
    std::vector<const char*> stems = {"conv1x1", "conv1x1_skip", "conv1x1_project",
                                      "conv3x3", "conv3x3_skip", "conv3x3_project",
                                      "sums",    "finish"};
    add("aie2p", std::filesystem::path(SHIFTWISE_BINARY_DIR) / "kernels/aie2p", "", stems);
    stems.push_back("mlir_aie_abi");
    const std::filesystem::path builtin = kernel::builtin_folder();
    for (const std::string& suffix : kernel::variant_suffixes()) {
      const bool built = std::filesystem::exists(builtin / ("conv1x1" + suffix + ".so"));
      if (built || suffix.empty()) add("aie2" + suffix, builtin, suffix, stems);
    }
    return list;
  }();
  return builds;
}

/// `count` values that end where memory ends, or begin where it begins: a kernel that reads or
/// writes beyond them does not survive.
template <typename T>
class Guarded {
 public:
  enum class Flush { kEnd, kBegin };

  Guarded(std::size_t count, Flush flush) : count_(count) {
    const std::size_t bytes = (count * sizeof(T) + kPage - 1) / kPage * kPage;
    mapped_ = bytes + 2 * kPage;
    base_ = static_cast<char*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_, kPage, PROT_NONE);
    mprotect(base_ + kPage + bytes, kPage, PROT_NONE);
    char* data = flush == Flush::kBegin ? base_ + kPage : base_ + kPage + bytes - count * sizeof(T);
    data_ = reinterpret_cast<T*>(data);
  }
  ~Guarded() { munmap(base_, mapped_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  Guarded(Guarded&& other) noexcept
      : count_(other.count_), mapped_(other.mapped_), base_(other.base_), data_(other.data_) {
    other.mapped_ = 0;
    other.base_ = nullptr;
  }
  Guarded& operator=(Guarded&&) = delete;

  T* data() const { return data_; }
  std::size_t size() const { return count_; }
  T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() const { return data_; }
  T* end() const { return data_ + count_; }

 private:
  static constexpr std::size_t kPage = 4096;
  std::size_t count_;
  std::size_t mapped_ = 0;
  char* base_ = nullptr;
  T* data_ = nullptr;
};

}  // namespace shiftwise::tests
