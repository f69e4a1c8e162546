// SPDX-License-Identifier: Apache-2.0
// Python's pickle as data. A pickle is a program for a stack machine; this machine knows the
// few instructions that saved weights need, makes values of a closed set of kinds, and calls
// nothing: a "call" in the file becomes a value that says what was asked for. Private to the
// room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shiftwise::model {

enum class Kind : std::uint8_t {
  kNone,
  kBool,
  kInt,    ///< fits 64 bits
  kLong,   ///< does not
  kFloat,  ///< its value is not kept: no reader wants one
  kText,
  kBytes,
  kTuple,
  kList,
  kDict,        ///< also collections.OrderedDict and Counter
  kGlobal,      ///< a function or class that the caller admits
  kCall,        ///< of a global; never made
  kPersistent,  ///< a reference to something outside the pickle
};

/// A word of the kind, for messages: "a dictionary".
std::string_view describe(Kind kind);

/// A handle; what it stands for is asked of its Pickle.
struct Value {
  Kind kind = Kind::kNone;
  std::uint32_t length = 0;   ///< of texts, in bytes
  std::uint64_t payload = 0;  ///< a number's bits, a text's offset, a container's index
};

/// The values that one pickle makes. Containers live side by side, not inside each other, so
/// that neither depth nor a cycle in the file can hurt.
class Pickle {
 public:
  /// Whether a global, "module.name", may be named by the file.
  using Admits = bool (*)(std::string_view global);

  /// Runs the pickle that begins at bytes[begin]; `bytes` is borrowed for the life of this.
  /// Throws Error, with `where` and the byte offset, where it is malformed, needs more memory
  /// than a state dict could, or names a global that is not admitted.
  Pickle(std::string_view bytes, std::size_t begin, const std::string& where, Admits admits);

  Value root() const { return root_; }
  /// Offset of the first byte behind the pickle.
  std::size_t end() const { return end_; }

  /// kText, kBytes; kLong: two's complement, lowest byte first; kGlobal: "module.name". Empty
  /// for every other kind.
  std::string_view text(Value value) const;
  std::optional<std::int64_t> integer(Value value) const;
  /// kTuple, kList: the elements. kDict: key, value, key, value, ... kCall: the global, then
  /// the arguments. kPersistent: the id. Empty for every other kind.
  std::span<const Value> items(Value value) const;
  /// The last value of `key` in a kDict; nothing where there is none.
  std::optional<Value> find(Value dict, std::string_view key) const;
  /// Every kPersistent, in the order in which they were made.
  std::span<const Value> references() const { return references_; }

 private:
  friend class PickleMachine;

  std::string_view bytes_;
  std::vector<std::vector<Value>> containers_;
  std::vector<std::string> globals_;
  std::vector<Value> references_;
  Value root_;
  std::size_t end_ = 0;
};

}  // namespace shiftwise::model
