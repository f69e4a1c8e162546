// SPDX-License-Identifier: Apache-2.0
// A circuit from one MM2S channel to one or more S2MM channels: one word a cycle, all
// receivers or none, and room for some words under way. Words move in bursts that both ends
// can take without a pause, so that the time of each end is that of word by word.
#pragma once

#include <string>
#include <vector>

#include "sim/channel.h"

namespace shiftwise::sim {

class Stream final : public Process {
 public:
  Stream(Context& context, const dialect::Route& route, Channel& source);

  void add_sink(Channel& sink);
  /// That end can go on.
  void ready(Channel& end, Cycles now);
  void step(Cycles now);
  void resume(Cycles now, int) override { step(now); }

  bool packets() const { return route_.packet_id.has_value(); }
  /// Causes of stalls, for statistics.
  const std::string& starved() const { return starved_; }
  const std::string& blocked() const { return blocked_; }
  const Channel& source() const { return source_; }
  /// Receivers that have no room, or belong to another's packet.
  std::vector<const Channel*> full_sinks() const;
  StreamStatistics statistics() const;
  void begin_statistics();

 private:
  struct Sink {
    Channel* channel;
    std::int64_t capacity;  ///< words that fit on the way
    Cycles latency;
    std::int64_t pending = 0;  ///< words that were sent and not yet taken
  };

  Cycles cycles(std::int64_t words) const;
  bool can_send(Cycles now) const;
  void drain(Sink& sink, Cycles now);
  bool open_packet(Cycles now);
  void close_packet();
  void leave(Sink& sink, Cycles now);
  void burst(std::int64_t words, Cycles now);
  void deliver(Sink& sink, const std::byte* data, std::int64_t words, Cycles now, Cycles end,
               int activity);
  void keep(const std::byte* data, std::int64_t words);
  std::int64_t room(const Sink& sink) const;
  std::uint32_t header() const;

  Context& context_;
  const dialect::Route& route_;
  Channel& source_;
  std::vector<Sink> sinks_;
  std::string name_;
  int activity_;
  std::string starved_;
  std::string blocked_;
  bool packet_open_ = false;
  Cycles send_free_at_ = 0;
  /// Words under way, for those who have not taken them yet: the last `ring_words_` sent.
  std::vector<std::byte> ring_;
  std::int64_t ring_words_ = 0;
  std::int64_t sent_ = 0;
  std::int64_t high_water_ = 0;
  std::int64_t counted_from_ = 0;
  std::vector<std::byte> scratch_;
};

}  // namespace shiftwise::sim
