// SPDX-License-Identifier: Apache-2.0
// Python's pickles as data: a closed interpreter that builds a tree and runs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shiftwise::pickle {

enum class Kind {
  kNone,
  kBool,
  kInt,
  kBigInt,  ///< beyond 64 bits; text: its bytes, little-endian two's complement
  kFloat,
  kString,  ///< text: Python 3's str, Python 2's unicode
  kBytes,   ///< Python 3's bytes, Python 2's str
  kList,
  kTuple,
  kSet,
  kDict,        ///< items: key, value, key, value, ...
  kGlobal,      ///< a name that the program imports; text: "module.name"
  kObject,      ///< what calling a global would make: callee, arguments, items, state
  kPersistent,  ///< something that lies outside the pickle; `callee` says what
};

/// A node of the tree. Nodes are shared as the pickle shares them, so a hostile tree may have
/// cycles: whoever walks it limits the depth.
struct Value {
  Kind kind = Kind::kNone;
  std::size_t offset = 0;            ///< of the opcode that made it, for errors
  std::int64_t integer = 0;          ///< kBool (0 or 1), kInt
  double real = 0;                   ///< kFloat
  std::string_view text;             ///< kString, kBytes: into the pickle; kGlobal: its name
  std::vector<const Value*> items;   ///< kList, kTuple, kSet, kDict; of kObject: what was added
  const Value* callee = nullptr;     ///< kObject: the kGlobal; kPersistent: the id
  const Value* arguments = nullptr;  ///< kObject: the kTuple that it was called with
  const Value* state = nullptr;      ///< kObject: what BUILD handed to it, or null
};

/// A word of the kind, for messages: "a dictionary".
std::string_view describe(Kind kind);

/// The names that one reader knows, as "module.name". Nothing else can be named by a pickle.
using Globals = std::set<std::string, std::less<>>;

/// One pickle, read. Borrows the bytes that it was read from.
class Document {
 public:
  /// Reads the pickle at the beginning of `bytes`. Throws Error naming `where` and the byte
  /// offset for a global outside `globals`, an opcode that no checkpoint or data set needs,
  /// or anything malformed. Memory stays within a small multiple of the size of `bytes`.
  Document(std::span<const std::byte> bytes, const Globals& globals, std::string where);

  Document(Document&&) = default;  // the values stay where they are

  const Value& root() const { return *root_; }
  /// Every kPersistent of the pickle, in the order in which it makes them.
  std::span<const Value* const> persistents() const { return persistents_; }
  /// Bytes that the pickle takes, up to and with its STOP: another may follow.
  std::size_t size() const { return size_; }
  const std::string& where() const { return where_; }

  /// An Error about `value`: what, "where, byte N", why.
  [[noreturn]] void refuse(const Value& value, const std::string& why) const;

 private:
  friend class Machine;
  std::string where_;
  std::deque<Value> values_;
  std::deque<std::string> names_;  ///< of the globals
  std::vector<const Value*> persistents_;
  const Value* root_ = nullptr;
  std::size_t size_ = 0;
};

/// The value of a kDict (or of an object that items were added to) under a text or bytes key;
/// the last one where a key comes twice; null where there is none.
const Value* find(const Value& dict, std::string_view key);

}  // namespace shiftwise::pickle
