// SPDX-License-Identifier: Apache-2.0
// Which DMA channel serves which end of an object FIFO: the lowest free one, in the order of
// the text, after those that the design names itself.
#pragma once

#include <map>
#include <span>
#include <string>

#include "dialect/derive/design.h"

namespace shiftwise::dialect {

class ChannelPool {
 public:
  /// Takes out what explicit DMA programs, circuits and shim allocations use.
  explicit ChannelPool(const Design& design);

  /// The lowest free channel of `wanted`'s tile and direction that reaches all of `memories`.
  /// Throws Error where there is none, listing the users of those that there are.
  Channel take(Channel wanted, std::span<const core::TileId> memories, const ObjectFifo& fifo);

 private:
  void use(const Channel& channel, const std::string& user);

  const Design& design_;
  std::map<Channel, std::string> users_;
};

}  // namespace shiftwise::dialect
