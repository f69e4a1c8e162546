// SPDX-License-Identifier: Apache-2.0
#include "model/torch_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "core/safetensors.h"
#include "model/quoted.h"

namespace shiftwise::model {
namespace {

constexpr std::string_view kTensorV2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kTensor = "torch._utils._rebuild_tensor";
constexpr std::string_view kParameter = "torch._utils._rebuild_parameter";

/// Storage classes and the dtype of their elements.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kStorages{{
    {"torch.FloatStorage", "F32"},
    {"torch.HalfStorage", "F16"},
    {"torch.BFloat16Storage", "BF16"},
    {"torch.DoubleStorage", "F64"},
    {"torch.LongStorage", "I64"},
    {"torch.IntStorage", "I32"},
    {"torch.ShortStorage", "I16"},
    {"torch.CharStorage", "I8"},
    {"torch.ByteStorage", "U8"},
    {"torch.BoolStorage", "BOOL"},
    {"torch.storage.UntypedStorage", "U8"},
}};

/// Named by options and optimizer states beside the weights; harmless, since never called.
constexpr std::array<std::string_view, 6> kBystanders{"torch.Size",     "torch.device",
                                                      "torch.float32",  "torch.float16",
                                                      "torch.bfloat16", "torch.float64"};

/// Where people put a state dict among other things, the likeliest first.
constexpr std::array<std::string_view, 9> kWrappers{
    "state_dict", "model_state_dict", "model_state", "model",         "net",
    "network",    "weights",          "model_ema",   "state_dict_ema"};
constexpr int kDeepestWrapper = 4;

/// Files of floats are not compressible; more than this is a bomb.
constexpr std::uint64_t kMostExpansion = 16;
constexpr std::uint64_t kSmallFile = std::uint64_t{16} << 20;

constexpr std::size_t kMostDimensions = 8;
constexpr std::size_t kMostTensors = 100'000;
constexpr std::size_t kLongestKey = 256;
constexpr std::int64_t kMostElements = std::int64_t{1} << 48;

std::string_view storage_dtype(std::string_view global) {
  const auto* const found = std::find_if(kStorages.begin(), kStorages.end(),
                                         [&](const auto& known) { return known.first == global; });
  return found == kStorages.end() ? std::string_view() : found->second;
}

class Reader {
 public:
  Reader(const Pickle& pickle, std::uint64_t file_bytes, const std::string& where)
      : pickle_(pickle), most_bytes_(kSmallFile + kMostExpansion * file_bytes), where_(where) {}

  TorchState read() {
    for (const Value reference : pickle_.references()) enter(reference);
    const Value dict = find_state_dict();
    const std::span<const Value> entries = pickle_.items(dict);
    for (std::size_t i = 0; i < entries.size(); i += 2) {
      if (entries[i].kind != Kind::kText || !is_tensor(entries[i + 1])) continue;
      read_tensor(std::string(pickle_.text(entries[i])), entries[i + 1]);
    }
    return std::move(state_);
  }

 private:
  [[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) const {
    throw core::Error(
        {.what = "cannot read a PyTorch checkpoint",
         .where = name_.empty() ? where_ : fmt::format("{}, tensor {}", where_, in_quotes(name_)),
         .why = why,
         .hint = hint});
  }

  std::string_view callee(Value value) const {
    return value.kind == Kind::kCall ? pickle_.text(pickle_.items(value)[0]) : std::string_view();
  }

  bool is_tensor(Value value) const {
    const std::string_view name = callee(value);
    return name == kTensorV2 || name == kTensor || name == kParameter;
  }

  bool has_tensors(Value dict) const {
    const std::span<const Value> entries = pickle_.items(dict);
    for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
      if (is_tensor(entries[i + 1])) return true;
    }
    return false;
  }

  /// The wrapped dictionary that most likely leads to tensors.
  std::optional<Value> unwrap(Value dict) const {
    const auto is_wrapper = [&](std::string_view key) {
      return pickle_.find(dict, key).value_or(Value{}).kind == Kind::kDict;
    };
    const auto* found = std::find_if(kWrappers.begin(), kWrappers.end(), [&](std::string_view key) {
      return is_wrapper(key) && has_tensors(*pickle_.find(dict, key));
    });
    if (found == kWrappers.end())
      found = std::find_if(kWrappers.begin(), kWrappers.end(), is_wrapper);
    return found == kWrappers.end() ? std::nullopt : pickle_.find(dict, *found);
  }

  Value find_state_dict() const {
    constexpr const char* kHint = "save the weights alone: torch.save(model.state_dict(), path)";
    Value dict = pickle_.root();
    if (dict.kind != Kind::kDict) {
      refuse(fmt::format("it holds {}, not a dictionary of tensors", describe(dict.kind)), kHint);
    }
    for (int depth = 0; depth < kDeepestWrapper; ++depth) {
      const std::optional<Value> inner = unwrap(dict);
      if (!inner || (has_tensors(dict) && !has_tensors(*inner))) break;
      dict = *inner;
    }
    if (!has_tensors(dict)) {
      refuse("it holds no tensors, neither directly nor under \"state_dict\", \"model\" or \"net\"",
             kHint);
    }
    return dict;
  }

  std::int64_t integer(Value value, const char* what) const {
    const std::optional<std::int64_t> number = pickle_.integer(value);
    if (!number) refuse(fmt::format("its {} is {}", what, describe(value.kind)));
    return *number;
  }

  std::vector<std::int64_t> integers(Value value, const char* what) const {
    if (value.kind != Kind::kTuple && value.kind != Kind::kList) {
      refuse(fmt::format("its {} is {}", what, describe(value.kind)));
    }
    const std::span<const Value> given = pickle_.items(value);
    if (given.size() > kMostDimensions)
      refuse(fmt::format("its {} has {} numbers", what, given.size()));
    std::vector<std::int64_t> result;
    for (const Value each : given) result.push_back(integer(each, what));
    return result;
  }

  void read_tensor(std::string name, Value call) {
    name_ = std::move(name);
    if (!names_.insert(name_).second) refuse("it appears twice");
    if (names_.size() > kMostTensors) refuse(fmt::format("there are {} before it", kMostTensors));
    if (callee(call) == kParameter) {
      const std::span<const Value> arguments = pickle_.items(call);
      if (arguments.size() < 2 || !is_tensor(arguments[1]) || callee(arguments[1]) == kParameter) {
        refuse("it is a parameter of something that is no tensor");
      }
      call = arguments[1];
    }
    const std::span<const Value> arguments = pickle_.items(call).subspan(1);
    if (arguments.size() < 4) refuse(fmt::format("it is described by {} values", arguments.size()));
    if (arguments.size() > 6 && !pickle_.items(arguments[6]).empty()) {
      refuse("it is a lazily negated or conjugated view", "save tensor.resolve_neg() instead");
    }
    place(arguments[0], {.dtype = {},
                         .shape = integers(arguments[2], "shape"),
                         .strides = integers(arguments[3], "list of strides"),
                         .offset = integer(arguments[1], "offset")});
    name_.clear();
  }

  /// Enters the storage that ("storage", class, key, device, elements, part) refers to.
  TorchStorage& enter(Value reference) {
    const std::span<const Value> wrapped = pickle_.items(reference);
    if (reference.kind != Kind::kPersistent || wrapped[0].kind != Kind::kTuple) {
      refuse(fmt::format("its storage is {}", describe(reference.kind)));
    }
    const std::span<const Value> id = pickle_.items(wrapped[0]);
    if (id.size() < 5 || pickle_.text(id[0]) != "storage") {
      refuse("its storage is described by too little");
    }
    const std::string_view dtype = storage_dtype(pickle_.text(id[1]));
    if (dtype.empty()) refuse("its storage is of no known type");
    const std::string_view key = pickle_.text(id[2]);
    if (id[2].kind != Kind::kText || key.size() > kLongestKey) refuse("its storage has no name");
    const std::int64_t elements = integer(id[4], "storage's size");
    if (elements < 0 || elements > kMostElements) {
      refuse(fmt::format("its storage has {} elements", elements));
    }
    TorchStorage& known =
        state_.storages.try_emplace(std::string(key), TorchStorage{dtype, elements, {}})
            .first->second;
    if (known.dtype != dtype || known.elements != elements) {
      refuse(fmt::format("storage {} has {} elements of {} here and {} of {} elsewhere",
                         in_quotes(key), elements, dtype, known.elements, known.dtype));
    }
    return known;
  }

  void place(Value reference, StridedView view) {
    TorchStorage& storage = enter(reference);
    view.dtype = storage.dtype;
    if (!is_float(view.dtype)) {
      state_.skipped[name_] = view.dtype;
      return;
    }
    const std::span<const Value> id = pickle_.items(pickle_.items(reference)[0]);
    if (id.size() > 5) add_part_offset(id[5], view);
    check(view, storage);
    storage.tensors.push_back({name_, std::move(view)});
  }

  /// Old streams name a part of a storage by (key, offset, size); a view counts from there.
  void add_part_offset(Value part, StridedView& view) const {
    if (part.kind == Kind::kNone) return;
    const std::span<const Value> given = pickle_.items(part);
    if (part.kind != Kind::kTuple || given.size() != 3) refuse("its storage's part is no triple");
    const std::int64_t offset = integer(given[1], "storage's part");
    if (offset < 0 || offset > kMostElements || view.offset < 0 || view.offset > kMostElements) {
      refuse("its storage's part lies nowhere");
    }
    view.offset += offset;
  }

  void check(const StridedView& view, const TorchStorage& storage) {
    const std::string place = fmt::format("{}, tensor {}", where_, in_quotes(name_));
    const std::int64_t needed = elements_needed(view, place);
    if (needed > storage.elements) {
      refuse(fmt::format(
          "{} with strides {} from element {} on needs a storage of {} elements, not {}",
          core::to_string(view.shape), core::to_string(view.strides), view.offset, needed,
          storage.elements));
    }
    const std::int64_t values = core::elements(view.shape);
    if (values > storage.elements) {
      refuse(
          fmt::format("it repeats the {} elements of its storage to {}", storage.elements, values));
    }
    take(static_cast<std::uint64_t>(values), sizeof(float));
    if (storage.tensors.empty()) {
      take(static_cast<std::uint64_t>(storage.elements), core::bytes_per_element(storage.dtype));
    }
  }

  void take(std::uint64_t elements, std::uint64_t width) {
    if (elements > most_bytes_ / width) {
      refuse("reading it would take far more memory than the size of the file justifies",
             "the file is damaged or made to exhaust memory");
    }
    most_bytes_ -= elements * width;
  }

  const Pickle& pickle_;
  std::uint64_t most_bytes_;
  const std::string& where_;
  std::string name_;  ///< of the tensor at hand, for messages
  std::set<std::string> names_;
  TorchState state_;
};

}  // namespace

std::uint64_t TorchStorage::bytes() const {
  return static_cast<std::uint64_t>(elements) * core::bytes_per_element(dtype);
}

bool admits_torch_global(std::string_view global) {
  return global == kTensorV2 || global == kTensor || global == kParameter ||
         !storage_dtype(global).empty() ||
         std::find(kBystanders.begin(), kBystanders.end(), global) != kBystanders.end();
}

TorchState read_torch_state(const Pickle& pickle, std::uint64_t file_bytes,
                            const std::string& where) {
  return Reader(pickle, file_bytes, where).read();
}

void widen_storage(const TorchStorage& storage, std::span<const std::byte> bytes,
                   const std::string& where, std::map<std::string, core::Tensor<float>>& tensors) {
  core::check_interrupted();
  for (const TorchTensor& tensor : storage.tensors) {
    tensors[tensor.name] =
        widen(tensor.view, bytes, fmt::format("{}, tensor {}", where, in_quotes(tensor.name)));
  }
}

}  // namespace shiftwise::model
