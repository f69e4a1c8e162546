// SPDX-License-Identifier: Apache-2.0
// The kernels of one simulated core, as native code.
#pragma once

#include <shiftwise_core.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/library.h"

namespace shiftwise::kernel {

/// How one argument travels. MLIR's memrefs are bare pointers; index is kInt32 on the array;
/// bf16 and f16 travel as kInt16.
enum class Kind : std::uint8_t { kPointer, kInt8, kInt16, kInt32, kInt64, kFloat, kDouble };

struct Signature {
  std::vector<Kind> arguments = {};
  std::optional<Kind> result = {};  ///< empty: the function returns nothing
};

/// One argument or result; the signature says which member counts. Integers of every width
/// are in `integer`, sign-extended.
union Value {
  void* pointer;
  std::int64_t integer;
  float single;
  double real;
};

inline Value pointer(void* p) { return {.pointer = p}; }
inline Value integer(std::int64_t i) { return {.integer = i}; }
inline Value single(float f) { return {.single = f}; }

/// A kernel that can be called. Valid as long as the CoreKernels that found it. Calls of one
/// core's functions must not overlap; those of different cores may.
class Function {
 public:
  /// values.size() must be the signature's number of arguments. The result is 0 where the
  /// function returns nothing.
  Value call(std::span<const Value> values) const;
  const std::string& symbol() const;
  const std::filesystem::path& library() const;

 private:
  friend class CoreKernels;
  struct Prepared;
  explicit Function(std::shared_ptr<const Prepared> prepared);
  std::shared_ptr<const Prepared> prepared_;
};

/// A load or store outside of what was allowed (only libraries built with check_accesses).
struct Violation {
  std::uintptr_t address = 0;
  std::size_t bytes = 0;
  bool is_store = false;
  int count = 0;  ///< of all such accesses since the last take_violation()
};

/// Own copies of the libraries, so that their static data is this core's alone, and one
/// state (rounding and saturation mode) that they share. A new object is a core after reset.
class CoreKernels {
 public:
  CoreKernels(int column, int row);
  ~CoreKernels();
  CoreKernels(const CoreKernels&) = delete;
  CoreKernels& operator=(const CoreKernels&) = delete;
  CoreKernels(CoreKernels&&) noexcept;
  CoreKernels& operator=(CoreKernels&&) noexcept;

  /// Loads a copy; nothing happens where the same file is loaded already. Throws Error with
  /// the loader's reason.
  void load(const Library& library);

  /// The function of that name. Where two loaded libraries define it, `link_with` (of the
  /// func.func, else of the core) decides. Throws Error: no library has it (with near
  /// misses), or several do and nothing decides.
  Function find(const std::string& symbol, const Signature& signature,
                const std::string& link_with = {}) const;

  /// Rounding and saturation as after a reset: floor, wrap. Static data keeps its values.
  void reset_modes();
  std::uint32_t rounding() const;  ///< the hardware's codes
  std::uint32_t saturation() const;

  /// Called at event0() and event1() with 0 or 1.
  void on_event(std::function<void(int)> listener);

  /// What kernels hand to the next core (SHIFTWISE_CASCADE_BYTES each) and take from the one
  /// before. Called in the middle of a kernel; where it is time to wait, `put` and `get` must not
  /// return before (see fiber.h).
  void on_cascade(std::function<void(const std::byte*)> put, std::function<void(std::byte*)> get);

  /// For libraries built with check_accesses: inside [arena_begin, arena_end) a kernel may
  /// touch only `regions`, which must stay alive until the next allow().
  void allow(std::uintptr_t arena_begin, std::uintptr_t arena_end,
             std::span<const ShiftwiseRegion> regions);
  /// What happened since the last time that one asked.
  std::optional<Violation> take_violation();

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace shiftwise::kernel
