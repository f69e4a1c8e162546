// SPDX-License-Identifier: Apache-2.0
#include "sim/kernels.h"

#include <algorithm>

#include "kernel/library.h"

namespace shiftwise::sim {
namespace {

class NativeCode final : public CoreCode {
 public:
  NativeCode(const dialect::CoreProgram& core, std::span<const std::filesystem::path> folders,
             std::shared_ptr<kernel::CheckedLibraries> checked)
      : core_(core),
        folders_(folders.begin(), folders.end()),
        checked_(std::move(checked)),
        kernels_(core.tile.column, core.tile.row) {}

  NativeFunction find(const dialect::Kernel& kernel) override {
    const std::vector<std::string>& names =
        kernel.link_with.empty() ? core_.link_with : kernel.link_with;
    if (names.empty() && !all_loaded_) {
      for (const kernel::Library& library : kernel::all_libraries(folders_)) load(library);
      all_loaded_ = true;
    }
    for (const std::string& name : names) load(kernel::find_library(name, folders_));
    const kernel::Function function = kernels_.find(
        kernel.symbol, signature(kernel), names.size() == 1 ? names.front() : std::string());
    return [function](std::span<const kernel::Value> values) { return function.call(values); };
  }

  void allow(std::span<const std::byte> arena, std::span<const ShiftwiseRegion> regions) override {
    const auto begin = reinterpret_cast<std::uintptr_t>(arena.data());
    kernels_.allow(begin, begin + arena.size(), regions);
  }
  std::optional<kernel::Violation> take_violation() override { return kernels_.take_violation(); }
  void on_cascade(std::function<void(const std::byte*)> put,
                  std::function<void(std::byte*)> get) override {
    kernels_.on_cascade(std::move(put), std::move(get));
  }
  void on_event(std::function<void(int)> listener) override {
    kernels_.on_event(std::move(listener));
  }

 private:
  void load(const kernel::Library& library) {
    kernels_.load(checked_ ? checked_->checked(library) : library);
  }

  const dialect::CoreProgram& core_;
  std::vector<std::filesystem::path> folders_;
  std::shared_ptr<kernel::CheckedLibraries> checked_;
  kernel::CoreKernels kernels_;
  bool all_loaded_ = false;
};

class NativeSource final : public KernelSource {
 public:
  NativeSource(std::vector<std::filesystem::path> folders,
               std::shared_ptr<kernel::CheckedLibraries> checked)
      : folders_(std::move(folders)), checked_(std::move(checked)) {}

  std::unique_ptr<CoreCode> load(const dialect::CoreProgram& core) override {
    return std::make_unique<NativeCode>(core, folders_, checked_);
  }

 private:
  std::vector<std::filesystem::path> folders_;
  std::shared_ptr<kernel::CheckedLibraries> checked_;
};

kernel::Kind kind(const dialect::Kernel::Argument& argument) {
  if (argument.memref) return kernel::Kind::kPointer;
  const int bits = argument.scalar_bits;
  constexpr int kByte = 8;
  constexpr int kHalf = 16;
  constexpr int kSingle = 32;
  if (argument.is_float && bits > kHalf) {
    return bits == kSingle ? kernel::Kind::kFloat : kernel::Kind::kDouble;
  }
  if (bits <= kByte) return kernel::Kind::kInt8;
  if (bits <= kHalf) return kernel::Kind::kInt16;
  return bits <= kSingle ? kernel::Kind::kInt32 : kernel::Kind::kInt64;
}

}  // namespace

void CoreCode::allow(std::span<const std::byte>, std::span<const ShiftwiseRegion>) {}
std::optional<kernel::Violation> CoreCode::take_violation() { return std::nullopt; }
// NOLINTBEGIN(performance-unnecessary-value-param): who overrides these keeps the listeners.
void CoreCode::on_cascade(std::function<void(const std::byte*)>, std::function<void(std::byte*)>) {}
void CoreCode::on_event(std::function<void(int)>) {}
// NOLINTEND(performance-unnecessary-value-param)

std::string_view KernelCost::basis(const KernelCall&) const { return {}; }

kernel::Signature signature(const dialect::Kernel& kernel) {
  kernel::Signature result;
  for (const dialect::Kernel::Argument& argument : kernel.arguments) {
    result.arguments.push_back(kind(argument));
  }
  return result;
}

std::unique_ptr<KernelSource> native_kernels(std::vector<std::filesystem::path> folders,
                                             std::shared_ptr<kernel::CheckedLibraries> checked) {
  return std::make_unique<NativeSource>(std::move(folders), std::move(checked));
}

}  // namespace shiftwise::sim
