// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "target/device.h"

namespace shiftwise::sim {
namespace {

constexpr int kController = 0;

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string tile_name(core::TileId tile) { return "tile " + target::to_string(tile); }

}  // namespace

int Trace::track(int process, const std::string& process_name, const std::string& name) {
  const auto next = static_cast<int>(tracks_.size()) + 1;
  const auto [found, added] = tracks_.try_emplace({process, name}, next);
  if (added) {
    constexpr const char* kName =
        R"({{"name":"{}","ph":"M","pid":{},"tid":{},"args":{{"name":{}}}}},)"
        "\n";
    constexpr const char* kSort =
        R"({{"name":"{}","ph":"M","pid":{},"tid":{},"args":{{"sort_index":{}}}}},)"
        "\n";
    if (processes_.insert(process).second) {
      names_ += fmt::format(kName, "process_name", process, next, json_text(process_name));
      names_ += fmt::format(kSort, "process_sort_index", process, next, process);
    }
    names_ += fmt::format(kName, "thread_name", process, next, json_text(name));
  }
  return found->second;
}

void Trace::span(int process, int thread, std::string_view name, Cycles begin, Cycles end) {
  if (++count_ > kMost) return;
  events_ += fmt::format(R"({{"name":{},"ph":"X","ts":{},"dur":{},"pid":{},"tid":{}}},)"
                         "\n",
                         json_text(name), begin, end - begin, process, thread);
}

void Trace::kernel_called(core::TileId tile, std::string_view symbol, Cycles begin, Cycles end) {
  const int process = tile_process(tile);
  span(process, track(process, tile_name(tile), "core"), symbol, begin, end);
}

void Trace::core_waited(core::TileId tile, std::string_view cause, Cycles begin, Cycles end) {
  const int process = tile_process(tile);
  span(process, track(process, tile_name(tile), "core waits"), cause, begin, end);
}

void Trace::descriptor_done(const target::Channel& channel, std::string_view memory, Cycles begin,
                            Cycles end) {
  const int process = tile_process(channel.tile);
  const std::string name = fmt::format("{} {}", target::name(channel.direction), channel.number);
  span(process, track(process, tile_name(channel.tile), name), memory, begin, end);
}

void Trace::lock_changed(const dialect::Lock& lock, int value, Cycles time) {
  if (++count_ > kMost) return;
  const int process = tile_process(lock.tile);
  events_ +=
      fmt::format(R"({{"name":{},"ph":"C","ts":{},"pid":{},"tid":{},"args":{{"value":{}}}}},)"
                  "\n",
                  json_text("lock '" + lock.name + "'"), time, process,
                  track(process, tile_name(lock.tile), "locks"), value);
}

void Trace::core_event(core::TileId tile, int number, Cycles time) {
  if (++count_ > kMost) return;
  const int process = tile_process(tile);
  events_ += fmt::format(R"({{"name":"event {}","ph":"i","s":"t","ts":{},"pid":{},"tid":{}}},)"
                         "\n",
                         number, time, process, track(process, tile_name(tile), "core"));
}

void Trace::operation_done(std::string_view operation, Cycles begin, Cycles end) {
  span(kController, track(kController, "host sequence", "controller"), operation, begin, end);
}

std::string Trace::json() const {
  std::string lines = names_ + events_;
  if (!lines.empty()) lines.resize(lines.size() - 2);  // the last comma
  return fmt::format(
      "{{\"otherData\":{{\"unit\":\"1 us here is 1 cycle\"}},\"traceEvents\":[\n"
      "{}\n]}}\n",
      lines);
}

}  // namespace shiftwise::sim
