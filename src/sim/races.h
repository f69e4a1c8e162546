// SPDX-License-Identifier: Apache-2.0
// The last accesses to one buffer, and whether locks keep them apart.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialect/program.h"
#include "sim/causality.h"

namespace shiftwise::sim {

struct Access {
  int actor = 0;
  std::uint32_t epoch = 0;
  std::int64_t begin = 0;  ///< bytes of the buffer
  std::int64_t end = 0;
  bool writes = false;
  /// Where only some bytes of the range are meant: the descriptor, and its iteration.
  std::shared_ptr<const dialect::BufferDescriptor> pattern = {};
  std::int64_t shift = 0;
  const dialect::Location* where = nullptr;  ///< while the access is made
  dialect::Location place = {};              ///< the same, for later: tasks come and go
};

class Races {
 public:
  /// Remembers `access` by `who`; the result is an earlier access that nothing orders before
  /// it, if both touch a byte and one writes.
  std::optional<Access> add(Access access, const Causality& who);

 private:
  std::vector<Access> last_;
};

}  // namespace shiftwise::sim
