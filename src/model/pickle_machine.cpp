// SPDX-License-Identifier: Apache-2.0
// The instructions of pickle protocols 1 to 5 that torch.save writes for state dicts and the
// plain values beside them (epochs, options, optimizer states).
#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "core/diagnostic.h"
#include "model/pickle.h"
#include "model/quoted.h"

namespace shiftwise::model {
namespace {

static_assert(std::endian::native == std::endian::little, "operands are read as they lie");

// A ResNet-152 with its optimizer needs a hundredth of these.
constexpr std::size_t kMostContainers = 1'000'000;
constexpr std::size_t kMostItems = 8'000'000;
constexpr std::size_t kDeepestStack = 1'000'000;
constexpr std::size_t kMostMemos = 1'000'000;

enum Instruction : unsigned char {
  kMark = '(',
  kStop = '.',
  kNone = 'N',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kLong = 'L',
  kBinFloat = 'G',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyList = ']',
  kEmptyTuple = ')',
  kTuple = 't',
  kEmptyDict = '}',
  kSetItem = 's',
  kSetItems = 'u',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kGlobal = 'c',
  kInst = 'i',
  kReduce = 'R',
  kBuild = 'b',
  kBinPersId = 'Q',
  kProto = 0x80,
  kNewObj = 0x81,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
};

constexpr std::uint64_t bits_of(std::int64_t value) { return std::bit_cast<std::uint64_t>(value); }

bool is_dictionary_class(std::string_view global) {
  return global == "collections.OrderedDict" || global == "collections.Counter";
}

}  // namespace

class PickleMachine {
 public:
  PickleMachine(Pickle& pickle, std::size_t begin, const std::string& where, Pickle::Admits admits)
      : pickle_(pickle), at_(begin), where_(where), admits_(admits) {}

  void run() {
    while (true) {
      instruction_at_ = at_;
      const auto instruction = number<std::uint8_t>();
      if (instruction == kStop) break;
      step(instruction);
    }
    pickle_.root_ = pop();
    pickle_.end_ = at_;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw core::Error({.what = "cannot read a PyTorch checkpoint",
                       .where = fmt::format("{}, byte {}", where_, instruction_at_),
                       .why = why,
                       .hint = "the file is damaged or was not written by torch.save"});
  }

  [[noreturn]] void refuse_global(std::string_view module, std::string_view name) const {
    const std::size_t dot = name.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    const bool is_class = !last.empty() && last[0] >= 'A' && last[0] <= 'Z';
    throw core::Error(
        {.what = "cannot read a PyTorch checkpoint",
         .where = fmt::format("{}, byte {}", where_, instruction_at_),
         .why = fmt::format("it asks to {} {}.{}; shiftwise executes nothing from a file",
                            is_class ? "make an object of the class" : "call", printable(module),
                            printable(name)),
         .hint =
             "save the weights alone, torch.save(model.state_dict(), path), or use safetensors"});
  }

  std::string_view take(std::uint64_t count) {
    if (count > pickle_.bytes_.size() - at_) refuse("it ends in the middle of an instruction");
    return pickle_.bytes_.substr(std::exchange(at_, at_ + static_cast<std::size_t>(count)),
                                 static_cast<std::size_t>(count));
  }

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  std::string_view line() {
    const std::size_t end = pickle_.bytes_.find('\n', at_);
    if (end == std::string_view::npos) refuse("it ends in the middle of a line");
    const std::string_view result = take(end - at_);
    ++at_;
    return result;
  }

  void push(Value value) {
    if (stack_.size() >= kDeepestStack) refuse("its stack grows without bounds");
    stack_.push_back(value);
  }

  Value top() const {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
      refuse("an instruction takes a value that is not there");
    }
    return stack_.back();
  }

  Value pop() {
    const Value value = top();
    stack_.pop_back();
    return value;
  }

  /// The values above the last mark, which goes too.
  std::vector<Value> pop_to_mark() {
    if (marks_.empty()) refuse("an instruction looks for a mark that is not there");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Value> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return values;
  }

  void count_items(std::size_t more) {
    items_ += more;
    if (items_ > kMostItems) refuse("its containers hold more than any state dict does");
  }

  void push_container(Kind kind, std::vector<Value> values) {
    if (pickle_.containers_.size() >= kMostContainers) {
      refuse(fmt::format("it makes more than {} containers", kMostContainers));
    }
    count_items(values.size());
    push({kind, 0, pickle_.containers_.size()});
    pickle_.containers_.push_back(std::move(values));
  }

  void push_tuple(std::size_t count) {
    std::vector<Value> values(count);
    for (std::size_t i = count; i > 0; --i) values[i - 1] = pop();
    push_container(Kind::kTuple, std::move(values));
  }

  void push_text(Kind kind, std::uint64_t length) {
    const std::size_t offset = at_;
    take(length);
    if (length > UINT32_MAX) refuse("one of its texts is larger than any state dict");
    push({kind, static_cast<std::uint32_t>(length), offset});
  }

  void push_integer(std::int64_t value) { push({Kind::kInt, 0, bits_of(value)}); }
  void push_bool(bool value) { push({Kind::kBool, 0, value ? 1U : 0U}); }

  /// Two's complement, lowest byte first.
  void push_long(std::uint32_t length) {
    if (length > sizeof(std::int64_t)) return push_text(Kind::kLong, length);
    const std::string_view bytes = take(length);
    const bool negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
    std::int64_t value = negative ? -1 : 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    push_integer(value);
  }

  /// Protocol 1 writes bools as the numbers 00 and 01, large integers with an L behind.
  void push_decimal(std::string_view digits) {
    if (digits == "00" || digits == "01") return push_bool(digits == "01");
    if (digits.ends_with('L')) digits.remove_suffix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
    if (error == std::errc::result_out_of_range) return push({Kind::kLong, 0, 0});
    if (error != std::errc{} || end != digits.end()) refuse("one of its numbers has no digits");
    push_integer(value);
  }

  void push_global(std::string_view module, std::string_view name) {
    std::string global = fmt::format("{}.{}", module, name);
    if (!is_dictionary_class(global) && !admits_(global)) refuse_global(module, name);
    if (pickle_.globals_.size() >= kMostContainers) refuse("it names the same things endlessly");
    push({Kind::kGlobal, 0, pickle_.globals_.size()});
    pickle_.globals_.push_back(std::move(global));
  }

  void push_stack_global() {
    const Value name = pop();
    const Value module = pop();
    if (name.kind != Kind::kText || module.kind != Kind::kText)
      refuse("it names a thing by no text");
    push_global(pickle_.text(module), pickle_.text(name));
  }

  /// Python's dictionaries are made; of every other call only the wish is kept.
  void call() {
    const Value arguments = pop();
    const Value callable = pop();
    if (callable.kind != Kind::kGlobal || arguments.kind != Kind::kTuple) {
      refuse(fmt::format("it calls {} with {}", describe(callable.kind), describe(arguments.kind)));
    }
    const std::span<const Value> given = pickle_.items(arguments);
    if (is_dictionary_class(pickle_.text(callable)))
      return push_container(Kind::kDict, entries(given));
    std::vector<Value> values{callable};
    values.insert(values.end(), given.begin(), given.end());
    push_container(Kind::kCall, std::move(values));
  }

  /// What a dictionary class is called with: nothing, a dictionary, or (Python 2) its pairs.
  std::vector<Value> entries(std::span<const Value> arguments) const {
    if (arguments.empty()) return {};
    const std::span<const Value> given = pickle_.items(arguments[0]);
    if (arguments[0].kind == Kind::kDict) return {given.begin(), given.end()};
    if (arguments[0].kind != Kind::kList) refuse("it makes a dictionary of something else");
    std::vector<Value> result;
    for (const Value pair : given) {
      const std::span<const Value> both = pickle_.items(pair);
      if ((pair.kind != Kind::kTuple && pair.kind != Kind::kList) || both.size() != 2) {
        refuse("it makes a dictionary of things that are no pairs");
      }
      result.insert(result.end(), both.begin(), both.end());
    }
    return result;
  }

  void extend(Kind kind, const std::vector<Value>& values) {
    const Value target = top();
    if (target.kind != kind) {
      refuse(fmt::format("it adds to {} as if it were {}", describe(target.kind), describe(kind)));
    }
    if (kind == Kind::kDict && values.size() % 2 != 0)
      refuse("a dictionary has a key without a value");
    count_items(values.size());
    auto& items = pickle_.containers_[static_cast<std::size_t>(target.payload)];
    items.insert(items.end(), values.begin(), values.end());
  }

  void set_item() {
    const Value value = pop();
    const Value key = pop();
    extend(Kind::kDict, {key, value});
  }

  /// Attributes set on a dictionary (PyTorch's _metadata) are dropped; nothing else has any.
  void build() {
    pop();
    if (top().kind != Kind::kDict) {
      refuse(fmt::format("it sets attributes of {}", describe(top().kind)));
    }
  }

  void put(std::size_t index) {
    if (index >= kMostMemos) refuse(fmt::format("it memorizes more than {} values", kMostMemos));
    if (index >= memo_.size()) memo_.resize(index + 1);
    memo_[index] = top();
  }

  void get(std::size_t index) {
    if (index >= memo_.size() || !memo_[index]) {
      refuse(fmt::format("it recalls the value {}, which was never memorized", index));
    }
    push(*memo_[index]);
  }

  void step(std::uint8_t instruction) {
    switch (instruction) {
      case kProto:
        if (const int protocol = number<std::uint8_t>(); protocol > 5) {
          refuse(fmt::format("it says that it is a pickle of protocol {}", protocol));
        }
        return;
      case kFrame:
        number<std::uint64_t>();
        return;
      case kMark:
        if (marks_.size() >= kDeepestStack) refuse("its marks grow without bounds");
        return marks_.push_back(stack_.size());
      case kNone:
        return push({});
      case kNewTrue:
        return push_bool(true);
      case kNewFalse:
        return push_bool(false);
      case kInt:
      case kLong:
        return push_decimal(line());
      case kBinInt:
        return push_integer(number<std::int32_t>());
      case kBinInt1:
        return push_integer(number<std::uint8_t>());
      case kBinInt2:
        return push_integer(number<std::uint16_t>());
      case kLong1:
        return push_long(number<std::uint8_t>());
      case kLong4:
        return push_long(number<std::uint32_t>());
      case kBinFloat:
        number<std::uint64_t>();
        return push({Kind::kFloat, 0, 0});
      case kBinUnicode:
      case kBinString:
        return push_text(Kind::kText, number<std::uint32_t>());
      case kShortBinUnicode:
      case kShortBinString:
        return push_text(Kind::kText, number<std::uint8_t>());
      case kBinUnicode8:
        return push_text(Kind::kText, number<std::uint64_t>());
      case kBinBytes:
        return push_text(Kind::kBytes, number<std::uint32_t>());
      case kShortBinBytes:
        return push_text(Kind::kBytes, number<std::uint8_t>());
      case kEmptyList:
        return push_container(Kind::kList, {});
      case kEmptyDict:
        return push_container(Kind::kDict, {});
      case kEmptyTuple:
        return push_tuple(0);
      case kTuple1:
        return push_tuple(1);
      case kTuple2:
        return push_tuple(2);
      case kTuple3:
        return push_tuple(3);
      case kTuple:
        return push_container(Kind::kTuple, pop_to_mark());
      case kAppend:
        return extend(Kind::kList, {pop()});
      case kAppends:
        return extend(Kind::kList, pop_to_mark());
      case kSetItem:
        return set_item();
      case kSetItems:
        return extend(Kind::kDict, pop_to_mark());
      case kBinPut:
        return put(number<std::uint8_t>());
      case kLongBinPut:
        return put(number<std::uint32_t>());
      case kMemoize:
        return put(memo_.size());
      case kBinGet:
        return get(number<std::uint8_t>());
      case kLongBinGet:
        return get(number<std::uint32_t>());
      case kGlobal: {
        const std::string_view module = line();
        return push_global(module, line());
      }
      case kStackGlobal:
        return push_stack_global();
      case kInst: {
        const std::string_view module = line();
        refuse_global(module, line());
      }
      case kReduce:
      case kNewObj:
        return call();
      case kBuild:
        return build();
      case kBinPersId:
        push_container(Kind::kPersistent, {pop()});
        return pickle_.references_.push_back(top());
      default:
        refuse(
            fmt::format("the instruction 0x{:02x} is none that saved weights need", instruction));
    }
  }

  Pickle& pickle_;
  std::size_t at_;
  std::size_t instruction_at_ = 0;
  const std::string& where_;
  Pickle::Admits admits_;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;  ///< stack sizes
  std::vector<std::optional<Value>> memo_;
  std::size_t items_ = 0;
};

Pickle::Pickle(std::string_view bytes, std::size_t begin, const std::string& where, Admits admits)
    : bytes_(bytes) {
  core::expects(begin <= bytes.size(), "a pickle begins inside its bytes", where);
  PickleMachine(*this, begin, where, admits).run();
}

}  // namespace shiftwise::model
