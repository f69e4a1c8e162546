// SPDX-License-Identifier: Apache-2.0
#include "target/number_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/json_guard.h"

namespace shiftwise::target {
namespace {

using Json = nlohmann::ordered_json;
using Numbers = std::vector<std::pair<std::string, double>>;

constexpr int kDeepest = 4;
constexpr std::size_t kMostNames = 10'000;
constexpr std::size_t kMostBytes = 1 << 20;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw core::Error({.what = "this is no list of numbers",
                     .where = path,
                     .why = why,
                     .hint = "a JSON object: {\"name\": 1, \"group\": {\"name\": 2}}"});
}

void flatten(const std::string& path, const Json& json, const std::string& prefix,
             std::set<std::string>& names, Numbers& numbers) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = prefix + key;
    if (value.is_object()) {
      flatten(path, value, name + ".", names, numbers);
      continue;
    }
    if (!value.is_number()) refuse(path, fmt::format("\"{}\" is no number", name));
    if (!names.insert(name).second) refuse(path, fmt::format("\"{}\" appears twice", name));
    numbers.emplace_back(name, value.get<double>());
  }
}

}  // namespace

Numbers read_numbers(const std::string& path) {
  const core::MappedFile file(path);
  if (file.text().size() > kMostBytes) {
    refuse(path, fmt::format("it has {} bytes, more than {}", file.text().size(), kMostBytes));
  }
  const Json json = core::parse_json<Json>(
      file.text(), {.deepest = kDeepest, .most_names = kMostNames, .refuse = [&](const auto& why) {
                      refuse(path, why);
                    }});
  if (!json.is_object()) refuse(path, "it does not begin with an object");
  Numbers numbers;
  std::set<std::string> names;
  flatten(path, json, "", names, numbers);
  return numbers;
}

}  // namespace shiftwise::target
