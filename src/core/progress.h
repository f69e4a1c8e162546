// SPDX-License-Identifier: Apache-2.0
// How a long step says how far it is, without knowing who listens.
#pragma once

#include <cstdint>
#include <string_view>

namespace shiftwise::core {

/// Receives the progress of one step after the other. Libraries call it, the command line
/// renders it; the default listener is silent. advance() may be called from any thread.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A step of `total` units ("images", "bytes", ...) begins and ends the one before.
  virtual void begin(std::string_view step, std::int64_t total, std::string_view unit);
  virtual void advance(std::int64_t units);
  virtual void end();
};

/// A listener that does nothing.
Progress& silent_progress();

/// Set by the command line's signal handler. Long loops call check_interrupted() once per
/// unit of work; it throws Error, so that temporaries are removed on the way out.
void request_interrupt() noexcept;
void check_interrupted();

}  // namespace shiftwise::core
