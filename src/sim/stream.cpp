// SPDX-License-Identifier: Apache-2.0
#include "sim/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace shiftwise::sim {

Stream::Stream(Context& context, const dialect::Route& route, Channel& source)
    : context_(context), route_(route), source_(source) {
  name_ = route.fifo.empty() ? target::to_string(source.id()) : route.fifo;
  if (route.packet_id) name_ += fmt::format(" packet {}", *route.packet_id);
  starved_ = fmt::format("words from '{}'", name_);
  blocked_ = fmt::format("room in '{}'", name_);
  activity_ = context.activities.add(PathPart::Kind::kStream, fmt::format("stream '{}'", name_));
}

void Stream::add_sink(Channel& channel) {
  const target::Timing& timing = context_.device.timing;
  const core::TileId from = source_.id().tile;
  const core::TileId to = channel.id().tile;
  const std::int64_t hops = std::abs(from.column - to.column) + std::abs(from.row - to.row);
  constexpr std::int64_t kPortsPerSwitch = 2;
  sinks_.push_back({.channel = &channel,
                    .capacity = timing.mm2s_buffer_words + timing.s2mm_buffer_words +
                                timing.port_fifo_words * kPortsPerSwitch * (hops + 1),
                    .latency = timing.hop_cycles * hops + timing.hop_local_cycles});
  channel.senders.push_back(this);
  if (!route_.packet_id) channel.owner = this;
  for (const Sink& sink : sinks_) ring_words_ = std::max(ring_words_, sink.capacity);
  ring_.resize(static_cast<std::size_t>(ring_words_ * Channel::kWordBytes));
}

Cycles Stream::cycles(std::int64_t words) const {
  const double per_cycle = context_.device.timing.stream_words_per_cycle;
  return static_cast<Cycles>(std::ceil(static_cast<double>(words) / per_cycle));
}

/// How many words can be sent without waiting for that receiver.
std::int64_t Stream::room(const Sink& sink) const {
  if (sink.pending == 0 && sink.channel->moving()) return sink.channel->remaining_words();
  return sink.capacity - sink.pending;
}

bool Stream::can_send(Cycles now) const {
  return now >= send_free_at_ && source_.moving() && source_.stream() == this;
}

void Stream::ready(Channel& end, Cycles now) {
  // A sender that has waited so far did so for this receiver, or for one that comes later.
  if (&end != &source_ && can_send(now)) source_.path().follow(end.path(), now);
  step(now);
}

void Stream::step(Cycles now) {
  for (Sink& sink : sinks_) drain(sink, now);
  if (!can_send(now)) return;
  if (route_.packet_id && !packet_open_ && !open_packet(now)) return;
  if (now < send_free_at_) return;  // the header takes a cycle
  std::int64_t words = source_.remaining_words();
  bool on_host = source_.on_host();
  for (const Sink& sink : sinks_) {
    words = std::min(words, room(sink));
    on_host = on_host || sink.channel->on_host();
  }
  if (on_host) words = std::min(words, kDdrTurnWords);
  if (words > 0) burst(words, now);
}

void Stream::burst(std::int64_t words, Cycles now) {
  const std::int64_t bytes = words * Channel::kWordBytes;
  Cycles end = now + cycles(words);
  int activity = activity_;
  const auto share_memory = [&](Ddr& memory, int its_activity) {
    const Cycles through = memory.serve(now, bytes);
    if (through <= end) return;
    end = through;
    activity = its_activity;
  };
  if (source_.on_host()) share_memory(context_.ddr_reads, context_.host_reads);
  for (const Sink& sink : sinks_) {
    if (sink.channel->on_host()) share_memory(context_.ddr_writes, context_.host_writes);
  }
  send_free_at_ = end;
  for (const Sink& sink : sinks_) {
    const bool waits = sink.pending == 0 && sink.channel->moving();
    if (waits) sink.channel->path().follow(source_.path(), now);
  }
  source_.path().spend(activity, end);
  const std::byte* data = source_.read(words, scratch_);
  const bool all_take = std::ranges::all_of(
      sinks_, [](const Sink& sink) { return sink.pending == 0 && sink.channel->moving(); });
  if (!all_take) keep(data, words);
  sent_ += words;
  for (Sink& sink : sinks_) {
    if (source_.causality().enabled()) source_.causality().teach(sink.channel->causality().seen);
    if (sink.pending == 0 && sink.channel->moving()) {
      deliver(sink, data, words, now, end + sink.latency, activity);
    } else {
      sink.pending += words;
      high_water_ = std::max(high_water_, sink.pending);
    }
  }
  const bool last = source_.remaining_words() == 0;
  source_.settle(end);
  if (last) {
    close_packet();
  } else {
    context_.clock.at(end, *this);
  }
}

/// `end` is the earliest time for the last word.
void Stream::deliver(Sink& sink, const std::byte* data, std::int64_t words, Cycles now, Cycles end,
                     int activity) {
  sink.channel->write(data, words);
  end = std::max(end, std::max(now, sink.channel->receive_free_at) + cycles(words));
  sink.channel->receive_free_at = end;
  sink.channel->path().spend(activity, end);
  sink.channel->settle(end);
}

void Stream::keep(const std::byte* data, std::int64_t words) {
  // Only the last ring_words_ can still be asked for.
  for (std::int64_t i = std::max<std::int64_t>(0, words - ring_words_); i < words;) {
    const std::int64_t at = (sent_ + i) % ring_words_;
    const std::int64_t run = std::min(words - i, ring_words_ - at);
    std::memcpy(ring_.data() + at * Channel::kWordBytes, data + i * Channel::kWordBytes,
                static_cast<std::size_t>(run * Channel::kWordBytes));
    i += run;
  }
}

/// Gives a receiver the words that wait for it.
void Stream::drain(Sink& sink, Cycles now) {
  while (sink.pending > 0 && sink.channel->moving() && sink.channel->owner == this) {
    const std::int64_t at = (sent_ - sink.pending) % ring_words_;
    const std::int64_t words =
        std::min({sink.pending, sink.channel->remaining_words(), ring_words_ - at});
    sink.pending -= words;
    const Cycles arrived = sink.pending == 0 ? send_free_at_ + sink.latency : 0;
    if (arrived > now) sink.channel->path().follow(source_.path(), arrived);
    deliver(sink, ring_.data() + at * Channel::kWordBytes, words, now, arrived, activity_);
  }
  if (sink.pending == 0) leave(sink, now);
}

/// Takes all receivers for one packet; false: somebody else's is under way.
bool Stream::open_packet(Cycles now) {
  for (const Sink& sink : sinks_) {
    if (sink.channel->owner != nullptr && sink.channel->owner != this) return false;
    if (sink.pending == sink.capacity) return false;
  }
  packet_open_ = true;
  send_free_at_ = now + 1;
  for (Sink& sink : sinks_) sink.channel->owner = this;
  if (route_.keep_packet_header) {
    const std::uint32_t word = header();
    keep(reinterpret_cast<const std::byte*>(&word), 1);
    ++sent_;
    for (Sink& sink : sinks_) {
      ++sink.pending;
      drain(sink, now);
    }
  }
  context_.clock.at(send_free_at_, *this);
  return true;
}

void Stream::close_packet() {
  if (!packet_open_) return;
  packet_open_ = false;
  for (Sink& sink : sinks_) leave(sink, context_.clock.now());
}

/// Lets others send to a receiver, once it has taken the whole packet.
void Stream::leave(Sink& sink, Cycles now) {
  if (!route_.packet_id || packet_open_ || sink.pending > 0 || sink.channel->owner != this) return;
  sink.channel->owner = nullptr;
  for (Stream* other : sink.channel->senders) {
    if (other != this) context_.clock.at(std::max(now, send_free_at_), *other);
  }
}

/// AM020-2: id, type, source row and column, odd parity on top.
std::uint32_t Stream::header() const {
  std::uint32_t word = static_cast<std::uint32_t>(*route_.packet_id) |
                       static_cast<std::uint32_t>(source_.id().tile.row) << 16 |
                       static_cast<std::uint32_t>(source_.id().tile.column) << 21;
  if (std::popcount(word) % 2 == 0) word |= 1u << 31;
  return word;
}

std::vector<const Channel*> Stream::full_sinks() const {
  std::vector<const Channel*> result;
  for (const Sink& sink : sinks_) {
    if ((sink.channel->owner != nullptr && sink.channel->owner != this) || room(sink) == 0) {
      result.push_back(sink.channel);
    }
  }
  return result;
}

StreamStatistics Stream::statistics() const {
  std::int64_t capacity = 0;
  for (const Sink& sink : sinks_) capacity = std::max(capacity, sink.capacity);
  return {.name = name_,
          .words = sent_ - counted_from_,
          .busy = cycles(sent_ - counted_from_),
          .high_water = high_water_,
          .capacity = capacity};
}

void Stream::begin_statistics() {
  counted_from_ = sent_;
  high_water_ = 0;
}

}  // namespace shiftwise::sim
