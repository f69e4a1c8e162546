// SPDX-License-Identifier: Apache-2.0
// A run as a picture: the Chrome trace format, which Perfetto and chrome://tracing open. A
// microsecond on their scale is one cycle.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/observer.h"

namespace shiftwise::sim {

class Trace final : public Observer {
 public:
  void kernel_called(core::TileId tile, std::string_view symbol, Cycles begin, Cycles end) override;
  void core_waited(core::TileId tile, std::string_view cause, Cycles begin, Cycles end) override;
  void descriptor_done(const target::Channel& channel, std::string_view memory, Cycles begin,
                       Cycles end) override;
  void lock_changed(const dialect::Lock& lock, int value, Cycles time) override;
  void core_event(core::TileId tile, int number, Cycles time) override;
  void operation_done(std::string_view operation, Cycles begin, Cycles end) override;

  /// The whole file. What came after the first few million events is not in it.
  std::string json() const;
  bool complete() const { return count_ <= kMost; }

 private:
  static constexpr std::int64_t kMost = 4'000'000;

  /// One line of the picture: a core's kernels, its waits, a channel.
  int track(int process, const std::string& process_name, const std::string& name);
  void span(int process, int thread, std::string_view name, Cycles begin, Cycles end);
  int tile_process(core::TileId tile) const { return 1 + tile.column * 64 + tile.row; }

  std::map<std::pair<int, std::string>, int> tracks_;
  std::set<int> processes_;  ///< that have a name
  std::string names_;
  std::string events_;
  std::int64_t count_ = 0;
};

}  // namespace shiftwise::sim
