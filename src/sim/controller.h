// SPDX-License-Identifier: Apache-2.0
// The array's controller: executes a sequence's operations strictly in order, each at a cost.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/channel.h"
#include "sim/context.h"
#include "sim/register_file.h"

namespace shiftwise::sim {

/// The channels of a device.
using FindChannel = std::function<Channel&(const target::Channel&)>;

class Controller final : public Process {
 public:
  /// `notes` gets what a person should know of the run.
  Controller(Context& context, FindChannel channels, std::vector<std::string>& notes);

  void begin(const dialect::Sequence& sequence);
  bool finished() const { return sequence_ == nullptr; }
  Cycles end() const { return end_; }
  std::int64_t operations() const { return operations_; }
  Cycles busy() const { return busy_; }

  void resume(Cycles now, int tag) override;

  /// The channel whose token it waits for, or null.
  const Channel* token_wait() const { return token_wait_; }
  /// Where in the text it is.
  dialect::Location where() const;
  /// Whether an operation that is still to come sets that lock.
  bool may_set(dialect::Index lock) const;

 private:
  Cycles cost() const;
  void next(Cycles now);
  /// False: not done yet.
  bool perform(const dialect::HostOperation& operation);
  bool configure(dialect::Index task);
  void start(dialect::Index task);
  void push(const target::Channel& id, int descriptor, int repeat, bool issue_token);
  bool sync(const dialect::Sync& sync);
  bool await(Channel& channel);
  void write(const dialect::WriteBuffer& write);
  void write_registers(const dialect::WriteRegister& write);
  void write_register(const target::RegisterAddress& address, std::uint32_t value,
                      std::uint32_t mask);

  Context& context_;
  FindChannel channels_;
  std::vector<std::string>& notes_;
  RegisterFile registers_;
  const dialect::Sequence* sequence_ = nullptr;
  std::size_t at_ = 0;
  int synced_ = 0;       ///< tokens that the sync in progress has got
  Cycles patience_ = 0;  ///< how long the operation in progress has waited for a descriptor
  const Channel* token_wait_ = nullptr;
  Cycles end_ = 0;
  Cycles began_ = 0;
  Cycles busy_ = 0;
  std::int64_t operations_ = 0;

  struct Configured {
    std::shared_ptr<Chain> chain;
    Channel* channel = nullptr;
  };
  std::map<dialect::Index, Configured> tasks_;
  /// Who uses a tile's descriptor, as far as the text numbers them.
  std::map<std::pair<core::TileId, int>, Configured> descriptors_;
};

}  // namespace shiftwise::sim
