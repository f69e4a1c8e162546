// SPDX-License-Identifier: Apache-2.0
// Memory that starts on a cache line.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "core/diagnostic.h"

namespace shiftwise::cpu {

inline constexpr std::size_t kCacheLine = 64;

/// Zeroed bytes at an address that is a multiple of kCacheLine.
class AlignedBytes {
 public:
  AlignedBytes() = default;
  /// Throws core::Error where there is not so much memory.
  explicit AlignedBytes(std::size_t size)
      : data_(static_cast<std::uint8_t*>(
            ::operator new[](size + kCacheLine, std::align_val_t{kCacheLine}, std::nothrow))),
        size_(size) {
    if (data_ == nullptr) {
      throw core::Error({.what = "not enough memory for the backend 'cpu'",
                         .why = "it asked for " + std::to_string(size) + " bytes"});
    }
    std::memset(data_.get(), 0, size + kCacheLine);
  }

  std::uint8_t* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::uint8_t* data) const {
      ::operator delete[](data, std::align_val_t{kCacheLine});
    }
  };
  std::unique_ptr<std::uint8_t[], Free> data_;
  std::size_t size_ = 0;
};

}  // namespace shiftwise::cpu
