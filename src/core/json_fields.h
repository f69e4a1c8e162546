// SPDX-License-Identifier: Apache-2.0
// Typed access to the fields of a JSON object that may be hostile.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace shiftwise::core {

/// One object. Every access checks; what does not fit is refused with the object's place and
/// the field's name. Borrows the JSON.
class JsonFields {
 public:
  using Json = nlohmann::ordered_json;
  /// Must throw.
  using Refuse = std::function<void(const std::string& where, const std::string& why)>;

  JsonFields(const Json& json, std::string where, Refuse refuse);

  const Json& at(const char* key);
  std::string text(const char* key);
  bool boolean(const char* key);
  int integer(const char* key, int lowest, int highest);
  float real(const char* key);
  const Json& list(const char* key);
  std::vector<std::string> texts(const char* key);
  std::vector<int> integers(const char* key, int lowest, int highest);
  std::vector<float> reals(const char* key);
  /// Its place is this one's and the key.
  JsonFields object(const char* key);
  std::vector<JsonFields> objects(const char* key);

  /// Refuses fields that nobody has asked for.
  void refuse_others() const;

  const std::string& where() const { return where_; }
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  int integer(const char* key, const Json& value, int lowest, int highest) const;
  float real(const char* key, const Json& value) const;

  const Json* json_;
  std::string where_;
  Refuse refuse_;
  std::vector<std::string_view> asked_;
};

}  // namespace shiftwise::core
