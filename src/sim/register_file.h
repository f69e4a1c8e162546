// SPDX-License-Identifier: Apache-2.0
// Descriptors that a sequence writes word by word.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <utility>

#include "dialect/program.h"
#include "sim/channel.h"
#include "sim/context.h"
#include "target/registers.h"

namespace shiftwise::sim {

class RegisterFile {
 public:
  explicit RegisterFile(Context& context) : context_(context) {}

  void write(core::TileId tile, int descriptor, int word, std::uint32_t value, std::uint32_t mask);
  /// The descriptor moves bytes of a host buffer, from `plus_bytes` on.
  void patch(core::TileId tile, int descriptor, dialect::Index argument, std::int64_t plus_bytes);
  /// Whether it is known which host buffer a descriptor means.
  bool is_patched(core::TileId tile, int descriptor) const;
  /// The chain that begins at a descriptor. Throws Error where one was never written, nobody said
  /// which host buffer it means, or it names memory or a lock that the text does not place.
  std::shared_ptr<Chain> chain(core::TileId tile, int descriptor,
                               const dialect::Location& where) const;

 private:
  struct Entry {
    std::array<std::uint32_t, 8> words = {};
    dialect::Index argument = dialect::kNone;
    std::int64_t plus_bytes = 0;
  };

  const Entry& entry(core::TileId tile, int descriptor, const dialect::Location& where) const;
  void place(core::TileId tile, int descriptor, const target::DescriptorFields& fields,
             dialect::BufferDescriptor& result) const;
  dialect::LockUse lock(core::TileId tile, int descriptor, const target::DescriptorLock& named,
                        const dialect::Location& where) const;

  Context& context_;
  std::map<std::pair<core::TileId, int>, Entry> entries_;
};

}  // namespace shiftwise::sim
