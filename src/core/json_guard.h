// SPDX-License-Identifier: Apache-2.0
// JSON that may be hostile: refuses what nlohmann's parser lets pass.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shiftwise::core {

/// What a JSON text may be at most, and who says so: `refuse` must throw.
struct JsonLimits {
  int deepest = 0;             ///< containers within each other
  std::size_t most_names = 0;  ///< in one object
  std::function<void(const std::string& why)> refuse;
};

/// Looks at every event of a parse and keeps nothing but the names of open objects. (nlohmann's
/// own callback would do, but parsing with it takes time quadratic in the length of a list.)
template <typename Json>
class JsonGuard : public nlohmann::json_sax<Json> {
 public:
  explicit JsonGuard(const JsonLimits& limits) : limits_(limits) {}

  bool start_object(std::size_t) override {
    names_.emplace_back();
    return enter();
  }
  bool end_object() override {
    names_.pop_back();
    return leave();
  }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    if (!names_.back().insert(name).second) {
      limits_.refuse(fmt::format("\"{}\" appears twice", name));
    }
    if (names_.back().size() > limits_.most_names) {
      limits_.refuse(fmt::format("an object in it has more than {} names", limits_.most_names));
    }
    return true;
  }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(typename Json::number_integer_t) override { return true; }
  bool number_unsigned(typename Json::number_unsigned_t) override { return true; }
  bool number_float(typename Json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(typename Json::binary_t&) override { return true; }
  /// The parse that keeps what it finds says it better.
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool enter() {
    if (++depth_ > limits_.deepest)
      limits_.refuse("its JSON is nested deeper than the format allows");
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  const JsonLimits& limits_;
  int depth_ = 0;
  std::vector<std::set<std::string>> names_;
};

/// The JSON in `text`. Calls `limits.refuse` for what is no JSON, for a name given twice in one
/// object, and for what is deeper or has more names than the limits.
template <typename Json>
Json parse_json(std::string_view text, const JsonLimits& limits) {
  JsonGuard<Json> guard(limits);
  Json::sax_parse(text, &guard);
  try {
    return Json::parse(text);
  } catch (const typename Json::exception& error) {
    constexpr std::size_t kLongest = 300;  // it quotes what it read
    const std::string_view why = error.what();
    limits.refuse(std::string(why.substr(why.find(' ') + 1, kLongest)));  // less its own number
    throw;
  }
}

}  // namespace shiftwise::core
