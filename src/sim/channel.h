// SPDX-License-Identifier: Apache-2.0
// One DMA channel: takes tasks from its queue, executes their descriptors (acquire, move,
// release, next), hands words to a stream or takes them.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/context.h"
#include "sim/stalls.h"
#include "sim/walk.h"

namespace shiftwise::sim {

class Stream;

/// Descriptors as they are in a tile's registers: each remembers its iteration.
struct Chain {
  std::vector<dialect::BufferDescriptor> descriptors;
  std::vector<std::int64_t> executions;
};

struct Task {
  std::shared_ptr<Chain> chain;
  dialect::Index first = 0;
  int repeat = 0;
  bool issue_token = false;
  int run = 0;  ///< of the sequence that started it; 0: of the design itself
  dialect::Location location;
};

class Channel final : public Process, public LockUser {
 public:
  Channel(Context& context, const target::Channel& id, int actor, std::size_t actors);

  const target::Channel& id() const { return id_; }
  void set_fifo(const std::string& name) { fifo_ = name; }
  const std::string& fifo() const { return fifo_; }
  /// An MM2S sends packets of that id, or all else, into `stream`.
  void connect(Stream& stream, std::optional<int> packet_id);

  /// Queues a task. Throws Error where the queue is full: the hardware would lose it.
  void push(Task task);
  /// Drops tasks, the one that runs included.
  void reset();

  // Tokens: one for each task that ends and asks for one.
  bool take_token();
  /// Wakes `process` at the next token.
  void call_at_token(Process& process) { token_waiter_ = &process; }

  // For streams.
  /// A descriptor is at work and its words can flow now.
  bool moving() const { return state_ == State::kMoving; }
  std::int64_t remaining_words() const { return walk_.remaining() / kWordBytes; }
  const dialect::BufferDescriptor& descriptor() const;
  /// The next `words` words, moved past; in `scratch` where they are not in one piece.
  const std::byte* read(std::int64_t words, std::vector<std::byte>& scratch);
  void write(const std::byte* from, std::int64_t words);
  /// Words that were read or written are through at `time`.
  void settle(Cycles time);
  Stream* stream() const { return stream_; }  ///< of the descriptor at work
  bool on_host() const { return on_host_; }
  Stream* owner = nullptr;       ///< of an S2MM: whose words arrive
  std::vector<Stream*> senders;  ///< of an S2MM: all that end here
  Cycles receive_free_at = 0;    ///< of an S2MM: when it has taken all that was sent

  void resume(Cycles now, int tag) override;
  void granted(Cycles now) override;
  Causality& causality() override { return causality_; }
  CriticalPath& path() override { return path_; }
  std::string describe() const override { return target::to_string(id_); }

  bool idle() const { return state_ == State::kIdle; }
  /// The lock that it waits for, or null.
  const dialect::LockUse* lock_wait() const;
  std::optional<std::string> waits_for() const;
  /// Of the descriptor at work; empty where there is none.
  dialect::Location where() const;
  bool executes(const Chain& chain) const;
  /// Whether one of its tasks releases that lock.
  bool may_release(dialect::Index lock) const;

  /// Until then; the descriptor at work is counted until then as well.
  ChannelStatistics statistics(Cycles end) const;
  const std::vector<Arrival>& arrivals() const { return arrivals_; }
  /// What it wrote of a host buffer.
  const HostRange& written() const { return written_; }
  void begin_statistics();

  static constexpr std::int64_t kWordBytes = 4;

 private:
  enum class State { kIdle, kLockWait, kStarting, kMoving, kFinishing };
  enum Tag { kStart, kDone, kRelease };

  Cycles cycles(std::int64_t words) const;
  Cycles moved() const;
  const std::string& wait_cause() const;
  void begin_task(Cycles now);
  void begin_descriptor(Cycles now);
  void start(Cycles now);
  void find_memory();
  void choose_stream();
  void note_access();
  void done(Cycles now);
  void release(Cycles now);
  void end_task(Cycles now);
  Cycles task_cost();
  std::int64_t shift() const;
  [[noreturn]] void refuse_bounds(const Walk::Run& run) const;
  void check_run(const Walk::Run& run) const;
  void note_written(const Walk::Run& run);
  std::string memory_name() const;

  Context& context_;
  target::Channel id_;
  Causality causality_;
  CriticalPath path_;
  int activity_ = 0;
  std::string fifo_;
  State state_ = State::kIdle;
  std::deque<Task> queue_;  ///< the front one runs
  dialect::Index at_ = 0;
  int repeats_left_ = 0;
  bool first_of_task_ = false;
  bool waited_ = false;
  double first_cost_ = 0;  ///< what is left of a shim channel's cost of waking up

  Region region_;
  Buffer* buffer_ = nullptr;
  bool on_host_ = false;
  Walk walk_;
  std::int64_t words_ = 0;    ///< of this descriptor
  std::int64_t counted_ = 0;  ///< of these, in the statistics of earlier runs
  Stream* stream_ = nullptr;
  std::vector<std::pair<std::optional<int>, Stream*>> streams_;

  struct Release {
    dialect::LockUse use;
    const dialect::Location* where;
    std::shared_ptr<Chain> keep;
    CriticalPath path;  ///< until the data was through
  };
  std::deque<Release> releases_;
  int tokens_ = 0;
  Process* token_waiter_ = nullptr;

  /// When what it does now began, as far as this run's statistics are concerned.
  Cycles counted_from() const { return std::max(since_, began_); }

  Cycles since_ = 0;
  Cycles began_ = 0;  ///< of the statistics
  Cycles moving_ = 0;
  std::int64_t words_moved_ = 0;
  std::int64_t descriptors_ = 0;
  Stalls stalls_;
  std::vector<Arrival> arrivals_;
  HostRange written_;
};

}  // namespace shiftwise::sim
