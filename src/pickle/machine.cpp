// SPDX-License-Identifier: Apache-2.0
// The stack machine of pickle's protocols 2 to 5, less everything that checkpoints and data
// sets have no use for. Calls are recorded, never made.
#include <fmt/format.h>

#include <bit>
#include <unordered_map>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "pickle/pickle.h"
#include "pickle/scanner.h"

namespace shiftwise::pickle {

/// Real files hold some ten thousand values; a value takes about 150 bytes.
constexpr std::size_t kMostValues = std::size_t{1} << 20;
/// On the stack, remembered, or inside containers: a pickle can repeat a value for a byte or two.
constexpr std::size_t kMostMentions = std::size_t{1} << 22;

class Machine : private Scanner {
 public:
  Machine(std::span<const std::byte> bytes, const Globals& globals, Document& document)
      : Scanner(bytes, document.where()), globals_(globals), document_(document) {}

  void run() {
    while (!stopped_) step(next_opcode());
    document_.size_ = at();
  }

 private:
  void step(unsigned char opcode) {
    // clang-format off: it is a table
    switch (opcode) {
      case 0x80:  protocol(); break;
      case 0x95:  take(8); break;  // FRAME: only a hint about buffering
      case '.':   document_.root_ = pop(), stopped_ = true; break;

      case 'N':   push(Kind::kNone); break;
      case 0x88:  push(Kind::kBool).integer = 1; break;
      case 0x89:  push(Kind::kBool); break;
      case 'J':   push(Kind::kInt).integer = static_cast<std::int32_t>(number(4)); break;
      case 'K':   push(Kind::kInt).integer = number(1); break;
      case 'M':   push(Kind::kInt).integer = number(2); break;
      case 0x8a:  big_integer(length(1)); break;
      case 0x8b:  big_integer(length(4)); break;
      case 'G':   real(); break;

      case 'U':   push(Kind::kBytes).text = text(length(1)); break;
      case 'T':   push(Kind::kBytes).text = text(length(4)); break;
      case 'C':   push(Kind::kBytes).text = text(length(1)); break;
      case 'B':   push(Kind::kBytes).text = text(length(4)); break;
      case 0x8e:  push(Kind::kBytes).text = text(length(8)); break;
      case 0x8c:  push(Kind::kString).text = text(length(1)); break;
      case 'X':   push(Kind::kString).text = text(length(4)); break;
      case 0x8d:  push(Kind::kString).text = text(length(8)); break;

      case '(':   mark(); break;
      case '0':   pop(); break;
      case '1':   pop_to_mark(); break;
      case '2':   push(top()); break;
      case 'q':   remember(number(1)); break;
      case 'r':   remember(number(4)); break;
      case 0x94:  remember(static_cast<std::int64_t>(memo_.size())); break;
      case 'h':   push(remembered(number(1))); break;
      case 'j':   push(remembered(number(4))); break;

      case ']':   push(Kind::kList); break;
      case '}':   push(Kind::kDict); break;
      case ')':   push(Kind::kTuple); break;
      case 0x8f:  push(Kind::kSet); break;
      case 'l':   collect(Kind::kList); break;
      case 't':   collect(Kind::kTuple); break;
      case 0x91:  collect(Kind::kSet); break;  // a frozen one
      case 'd':   collect(Kind::kDict); break;
      case 0x85:  tuple(1); break;
      case 0x86:  tuple(2); break;
      case 0x87:  tuple(3); break;
      case 'a':   add_items(Kind::kList, {pop()}); break;
      case 'e':   add_items(Kind::kList, pop_to_mark()); break;
      case 0x90:  add_items(Kind::kSet, pop_to_mark()); break;
      case 's':   set_item(); break;
      case 'u':   add_items(Kind::kDict, pop_to_mark()); break;

      case 'c':   global_line(); break;
      case 0x93:  global_stack(); break;
      case 'R': case 0x81: object(); break;
      case 'b':   build(); break;
      case 'Q':   persistent(); break;
      default:
        fail(fmt::format("opcode 0x{:02x} has no place in plain data", opcode));
    }
    // clang-format on
  }

  void protocol() {
    constexpr int kNewest = 5;
    if (const std::int64_t version = number(1); version > kNewest) {
      fail(fmt::format("protocol {} is not known; at most {}", version, kNewest));
    }
  }

  void big_integer(std::size_t size) {
    const std::string_view digits = text(size);
    if (size > 8) {
      push(Kind::kBigInt).text = digits;
      return;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(digits[i])} << (8 * i);
    }
    const bool negative = size > 0 && (digits.back() & 0x80) != 0;
    if (negative && size < 8) value |= ~std::uint64_t{0} << (8 * size);
    push(Kind::kInt).integer = static_cast<std::int64_t>(value);
  }

  void real() {
    std::uint64_t bits = 0;  // the one big-endian number of the format
    for (const std::byte byte : take(8)) bits = bits << 8 | std::to_integer<std::uint64_t>(byte);
    push(Kind::kFloat).real = std::bit_cast<double>(bits);
  }

  void tuple(std::size_t size) {
    std::vector<const Value*> items(size);
    for (std::size_t i = size; i-- > 0;) items[i] = pop();
    push(Kind::kTuple).items = std::move(items);
  }

  void collect(Kind kind) {
    std::vector<const Value*> items = pop_to_mark();
    Value& value = push(kind);
    value.items = std::move(items);
    check_pairs(value);
  }

  /// Onto a value of that kind, or onto an object that will know what to do with it.
  void add_items(Kind kind, std::vector<const Value*> items) {
    Value& target = top();
    if (target.kind != kind && target.kind != Kind::kObject) fail("it adds items to no container");
    count_mentions(items.size());
    target.items.insert(target.items.end(), items.begin(), items.end());
    check_pairs(target);
  }

  void set_item() {
    const Value* value = pop();
    const Value* key = pop();
    add_items(Kind::kDict, {key, value});
  }

  void check_pairs(const Value& value) {
    if (value.kind == Kind::kDict && value.items.size() % 2 != 0) fail("a key has no value");
  }

  void global_line() {
    const std::string_view module = line();
    global(module, line());
  }

  void global_stack() {
    const Value* name = pop();
    const Value* module = pop();
    if (name->kind != Kind::kString || module->kind != Kind::kString) {
      fail("the name of a global is no text");
    }
    global(module->text, name->text);
  }

  void global(std::string_view module, std::string_view name) {
    std::string full = fmt::format("{}.{}", module, name);
    if (!globals_.contains(full)) {
      const bool is_class = !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
      fail(fmt::format("it asks to {} {}; shiftwise executes nothing from a file",
                       is_class ? "make an object of the class" : "call", printable(full)));
    }
    document_.names_.push_back(std::move(full));
    push(Kind::kGlobal).text = document_.names_.back();
  }

  void object() {
    const Value* arguments = pop();
    const Value* callee = pop();
    if (callee->kind != Kind::kGlobal) fail("it calls something that is no global");
    if (arguments->kind != Kind::kTuple) fail("it calls a global without a tuple of arguments");
    Value& value = push(Kind::kObject);
    value.callee = callee;
    value.arguments = arguments;
  }

  void build() {
    const Value* state = pop();
    if (top().kind != Kind::kObject) fail("it sets the state of something that is no object");
    top().state = state;
  }

  void persistent() {
    const Value* id = pop();
    Value& value = push(Kind::kPersistent);
    value.callee = id;
    document_.persistents_.push_back(&value);
  }

  Value& push(Kind kind) {
    if (document_.values_.size() >= kMostValues) {
      fail(fmt::format("it holds more than {} values", kMostValues));
    }
    if ((document_.values_.size() & 0xfff) == 0) core::check_interrupted();
    Value& value = document_.values_.emplace_back();
    value.kind = kind;
    value.offset = opcode_at();
    push(value);
    return value;
  }

  void push(Value& value) {
    count_mentions(1);
    stack_.push_back(&value);
  }

  void mark() {
    count_mentions(1);
    marks_.push_back(stack_.size());
  }

  void remember(std::int64_t place) {
    count_mentions(1);
    memo_[place] = &top();
  }

  void count_mentions(std::size_t more) {
    mentions_ += more;
    if (mentions_ > kMostMentions) {
      fail(fmt::format("it mentions values more than {} times", kMostMentions));
    }
  }

  /// Nothing below the latest mark can be reached.
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  Value& top() {
    if (stack_.size() <= floor()) fail("the stack is empty");
    return *stack_.back();
  }

  const Value* pop() {
    const Value* value = &top();
    stack_.pop_back();
    return value;
  }

  std::vector<const Value*> pop_to_mark() {
    if (marks_.empty()) fail("there is no mark on the stack");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<const Value*> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }

  Value& remembered(std::int64_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) fail(fmt::format("nothing was remembered as {}", place));
    return *found->second;
  }

  static std::string printable(std::string_view name) {
    constexpr std::size_t kLongest = 100;
    std::string shown;
    for (const char c : name.substr(0, kLongest)) shown += c < ' ' || c > '~' ? '?' : c;
    return shown;
  }

  const Globals& globals_;
  Document& document_;
  bool stopped_ = false;
  std::size_t mentions_ = 0;
  std::vector<Value*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::int64_t, Value*> memo_;
};

Document::Document(std::span<const std::byte> bytes, const Globals& globals, std::string where)
    : where_(std::move(where)) {
  Machine(bytes, globals, *this).run();
}

void Document::refuse(const Value& value, const std::string& why) const {
  throw core::Error({.what = "cannot read a pickle",
                     .where = fmt::format("{}, byte {}", where_, value.offset),
                     .why = why});
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return "a bool";
    case Kind::kInt:
    case Kind::kBigInt:
      return "an integer";
    case Kind::kFloat:
      return "a float";
    case Kind::kString:
      return "a text";
    case Kind::kBytes:
      return "bytes";
    case Kind::kList:
      return "a list";
    case Kind::kTuple:
      return "a tuple";
    case Kind::kSet:
      return "a set";
    case Kind::kDict:
      return "a dictionary";
    case Kind::kGlobal:
      return "a name";
    case Kind::kObject:
      return "an object";
    case Kind::kPersistent:
      return "a reference out of the pickle";
  }
  return "something unknown";
}

const Value* find(const Value& dict, std::string_view key) {
  for (std::size_t i = dict.items.size() / 2; i-- > 0;) {
    const Value& candidate = *dict.items[2 * i];
    const bool named = candidate.kind == Kind::kString || candidate.kind == Kind::kBytes;
    if (named && candidate.text == key) return dict.items[2 * i + 1];
  }
  return nullptr;
}

}  // namespace shiftwise::pickle
