// SPDX-License-Identifier: Apache-2.0
#include "model/pickle.h"

#include <bit>

#include "core/diagnostic.h"

namespace shiftwise::model {

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return "a bool";
    case Kind::kInt:
    case Kind::kLong:
      return "an integer";
    case Kind::kFloat:
      return "a float";
    case Kind::kText:
      return "a text";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTuple:
      return "a tuple";
    case Kind::kList:
      return "a list";
    case Kind::kDict:
      return "a dictionary";
    case Kind::kGlobal:
      return "a name";
    case Kind::kCall:
      return "an object";
    case Kind::kPersistent:
      return "a storage";
  }
  return "nothing";
}

std::string_view Pickle::text(Value value) const {
  switch (value.kind) {
    case Kind::kText:
    case Kind::kBytes:
    case Kind::kLong:
      return bytes_.substr(static_cast<std::size_t>(value.payload), value.length);
    case Kind::kGlobal:
      return globals_[static_cast<std::size_t>(value.payload)];
    default:
      return {};
  }
}

std::optional<std::int64_t> Pickle::integer(Value value) const {
  if (value.kind != Kind::kInt) return std::nullopt;
  return std::bit_cast<std::int64_t>(value.payload);
}

std::span<const Value> Pickle::items(Value value) const {
  switch (value.kind) {
    case Kind::kTuple:
    case Kind::kList:
    case Kind::kDict:
    case Kind::kCall:
    case Kind::kPersistent:
      return containers_[static_cast<std::size_t>(value.payload)];
    default:
      return {};
  }
}

std::optional<Value> Pickle::find(Value dict, std::string_view key) const {
  if (dict.kind != Kind::kDict) return std::nullopt;
  const std::span<const Value> entries = items(dict);
  for (std::size_t i = entries.size(); i >= 2; i -= 2) {
    const Value name = entries[i - 2];
    if (name.kind == Kind::kText && text(name) == key) return entries[i - 1];
  }
  return std::nullopt;
}

}  // namespace shiftwise::model
