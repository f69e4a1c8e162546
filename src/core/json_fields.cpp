// SPDX-License-Identifier: Apache-2.0
#include "core/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

namespace shiftwise::core {

JsonFields::JsonFields(const Json& json, std::string where, Refuse refuse)
    : json_(&json), where_(std::move(where)), refuse_(std::move(refuse)) {
  if (!json.is_object()) this->refuse("it is no JSON object");
}

void JsonFields::refuse(const std::string& why) const {
  refuse_(where_, why);
  throw std::logic_error("a refusal must throw");
}

const JsonFields::Json& JsonFields::at(const char* key) {
  const auto found = json_->find(key);
  if (found == json_->end()) refuse(fmt::format("'{}' is missing", key));
  asked_.emplace_back(key);
  return *found;
}

std::string JsonFields::text(const char* key) {
  const Json& value = at(key);
  if (!value.is_string()) refuse(fmt::format("'{}' is no text", key));
  return value.get<std::string>();
}

bool JsonFields::boolean(const char* key) {
  const Json& value = at(key);
  if (!value.is_boolean()) refuse(fmt::format("'{}' is neither true nor false", key));
  return value.get<bool>();
}

int JsonFields::integer(const char* key, int lowest, int highest) {
  return integer(key, at(key), lowest, highest);
}

int JsonFields::integer(const char* key, const Json& value, int lowest, int highest) const {
  // Unsigned ones beyond int64 would turn negative.
  const bool fits = value.is_number_unsigned()
                        ? highest >= 0 &&
                              std::cmp_less_equal(value.get<std::uint64_t>(), highest) &&
                              std::cmp_greater_equal(value.get<std::uint64_t>(), lowest)
                        : value.is_number_integer() && value.get<std::int64_t>() >= lowest &&
                              value.get<std::int64_t>() <= highest;
  if (!fits) refuse(fmt::format("'{}' is no integer of {} to {}", key, lowest, highest));
  return value.get<int>();
}

float JsonFields::real(const char* key) { return real(key, at(key)); }

float JsonFields::real(const char* key, const Json& value) const {
  const bool fits = value.is_number() &&
                    std::abs(value.get<double>()) <= double{std::numeric_limits<float>::max()};
  if (!fits) refuse(fmt::format("'{}' is no float32", key));
  return value.get<float>();
}

const JsonFields::Json& JsonFields::list(const char* key) {
  const Json& value = at(key);
  if (!value.is_array()) refuse(fmt::format("'{}' is no list", key));
  return value;
}

std::vector<std::string> JsonFields::texts(const char* key) {
  std::vector<std::string> result;
  for (const Json& value : list(key)) {
    if (!value.is_string()) refuse(fmt::format("'{}' holds something that is no text", key));
    result.push_back(value.get<std::string>());
  }
  return result;
}

std::vector<int> JsonFields::integers(const char* key, int lowest, int highest) {
  std::vector<int> result;
  for (const Json& value : list(key)) result.push_back(integer(key, value, lowest, highest));
  return result;
}

std::vector<float> JsonFields::reals(const char* key) {
  std::vector<float> result;
  for (const Json& value : list(key)) result.push_back(real(key, value));
  return result;
}

JsonFields JsonFields::object(const char* key) {
  return {at(key), fmt::format("{}, {}", where_, key), refuse_};
}

std::vector<JsonFields> JsonFields::objects(const char* key) {
  std::vector<JsonFields> result;
  for (const Json& value : list(key)) {
    result.emplace_back(value, fmt::format("{}, {} {}", where_, key, result.size()), refuse_);
  }
  return result;
}

void JsonFields::refuse_others() const {
  for (const auto& [key, value] : json_->items()) {
    if (std::ranges::find(asked_, key) == asked_.end()) {
      refuse(fmt::format("its field '{}' is unknown", key.substr(0, 100)));
    }
  }
}

}  // namespace shiftwise::core
