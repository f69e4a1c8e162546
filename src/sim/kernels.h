// SPDX-License-Identifier: Apache-2.0
// Where cores get the functions that they call, and how long those take.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/program.h"
#include "kernel/checked_libraries.h"
#include "kernel/core_kernels.h"
#include "sim/statistics.h"
#include "target/device.h"

namespace shiftwise::sim {

using NativeFunction = std::function<kernel::Value(std::span<const kernel::Value>)>;

/// The native code of one simulated core; its static data is that core's alone.
class CoreCode {
 public:
  virtual ~CoreCode() = default;
  /// Throws Error where there is no such function.
  virtual NativeFunction find(const dialect::Kernel& kernel) = 0;
  /// Called before each kernel with --check full: what it may touch, inside of the arena.
  virtual void allow(std::span<const std::byte> arena, std::span<const ShiftwiseRegion> regions);
  virtual std::optional<kernel::Violation> take_violation();
  /// Called where a kernel puts a value into the cascade, or gets one; returns when that is done.
  virtual void on_cascade(std::function<void(const std::byte*)> put,
                          std::function<void(std::byte*)> get);
  /// Called at the kernel's event0() and event1().
  virtual void on_event(std::function<void(int)> listener);
};

class KernelSource {
 public:
  virtual ~KernelSource() = default;
  /// A core after reset.
  virtual std::unique_ptr<CoreCode> load(const dialect::CoreProgram& core) = 0;
};

/// Libraries in `folders`, found by the design's link_with names, or by symbol alone where it
/// names none. With `checked`, each is built once more with access checks where that can be.
std::unique_ptr<KernelSource> native_kernels(
    std::vector<std::filesystem::path> folders,
    std::shared_ptr<kernel::CheckedLibraries> checked = nullptr);

/// The signature that a kernel's declaration gives it.
kernel::Signature signature(const dialect::Kernel& kernel);

struct KernelCall {
  const dialect::Kernel& kernel;
  const target::Device& device;
  core::TileId tile;
  /// Integers and pointers into simulated memory, as the kernel itself sees them.
  std::span<const kernel::Value> arguments;
};

class KernelCost {
 public:
  virtual ~KernelCost() = default;
  /// Cycles of one call; nothing where this kernel is not known.
  virtual std::optional<Cycles> cycles(const KernelCall& call) const = 0;
  /// Where that is from, in a word: "measured", "analysis"; empty where nobody says.
  virtual std::string_view basis(const KernelCall& call) const;
};

/// What a call is taken to cost where nobody knows: the report names such kernels.
inline constexpr Cycles kAssumedKernelCycles = 1000;

}  // namespace shiftwise::sim
