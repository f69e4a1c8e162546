// SPDX-License-Identifier: Apache-2.0
// A callback for nlohmann's parser that refuses what a JSON reader lets pass.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace shiftwise::core {

/// Calls `refuse` (which must throw) for a name given twice in one object, for nesting deeper
/// than `deepest`, and for objects with more than `most_names` names. Pass std::ref(guard).
template <typename Json>
class JsonGuard {
 public:
  using Refuse = std::function<void(const std::string& why)>;

  JsonGuard(int deepest, std::size_t most_names, Refuse refuse)
      : deepest_(deepest), most_names_(most_names), refuse_(std::move(refuse)) {}

  bool operator()(int depth, typename Json::parse_event_t event, Json& value) {
    using Event = typename Json::parse_event_t;
    if (depth > deepest_) refuse_("its JSON is nested deeper than the format allows");
    if (event == Event::object_start) names_.emplace_back();
    if (event == Event::object_end) names_.pop_back();
    if (event != Event::key) return true;
    const auto& name = value.template get_ref<const std::string&>();
    if (!names_.back().insert(name).second) refuse_(fmt::format("\"{}\" appears twice", name));
    if (names_.back().size() > most_names_) {
      refuse_(fmt::format("an object in it has more than {} names", most_names_));
    }
    return true;
  }

 private:
  int deepest_;
  std::size_t most_names_;
  Refuse refuse_;
  std::vector<std::set<std::string>> names_;
};

}  // namespace shiftwise::core
