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

using pickle::Kind;
using pickle::Value;
using Items = std::vector<const Value*>;

constexpr std::string_view kTensorV2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kTensor = "torch._utils._rebuild_tensor";
constexpr std::string_view kParameter = "torch._utils._rebuild_parameter";
constexpr std::string_view kSize = "torch.Size";
constexpr std::string_view kOrderedDict = "collections.OrderedDict";

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

/// Named by options, metrics and optimizer states beside the weights; harmless, since never
/// called.
constexpr auto kBystanders = std::to_array<std::string_view>({
    "torch.device",
    "torch.float32",
    "torch.float16",
    "torch.bfloat16",
    "torch.float64",
    "torch.int64",
    "torch.uint8",
    "torch.bool",
    "collections.Counter",
    "collections.defaultdict",
    "__builtin__.dict",
    "builtins.dict",
    "__builtin__.set",
    "builtins.set",
    "__builtin__.frozenset",
    "builtins.frozenset",
    "_codecs.encode",
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "argparse.Namespace",
    "pathlib.PosixPath",
});

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

const pickle::Globals& torch_globals() {
  static const pickle::Globals globals = [] {
    pickle::Globals all{kBystanders.begin(), kBystanders.end()};
    for (const auto& [storage, dtype] : kStorages) all.emplace(storage);
    for (const auto name : {kTensorV2, kTensor, kParameter, kSize, kOrderedDict}) all.emplace(name);
    return all;
  }();
  return globals;
}

bool is_text(const Value& value) {
  return value.kind == Kind::kString || value.kind == Kind::kBytes;
}

std::string_view callee(const Value& value) {
  return value.kind == Kind::kObject ? value.callee->text : std::string_view();
}

bool is_tensor(const Value& value) {
  const std::string_view name = callee(value);
  return name == kTensorV2 || name == kTensor || name == kParameter;
}

bool is_dictionary(const Value& value) {
  return value.kind == Kind::kDict || callee(value) == kOrderedDict;
}

struct Entry {
  std::string_view key;
  const Value* value;
};

/// What a dictionary holds under texts. Python 2 hands an OrderedDict a list of pairs.
std::vector<Entry> entries(const Value& dictionary) {
  std::vector<Entry> result;
  const auto add = [&](const Value& key, const Value* value) {
    if (is_text(key)) result.push_back({key.text, value});
  };
  if (callee(dictionary) == kOrderedDict && !dictionary.arguments->items.empty()) {
    for (const Value* pair : dictionary.arguments->items.front()->items) {
      if (pair->items.size() == 2) add(*pair->items[0], pair->items[1]);
    }
  }
  const Items& items = dictionary.items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) add(*items[i], items[i + 1]);
  return result;
}

bool has_tensors(const Value& dictionary) {
  const std::vector<Entry> all = entries(dictionary);
  return std::any_of(all.begin(), all.end(),
                     [](const Entry& entry) { return is_tensor(*entry.value); });
}

/// The wrapped dictionary that most likely leads to tensors; null where there is none.
const Value* unwrap(const Value& dictionary) {
  std::array<const Value*, kWrappers.size()> wrapped{};  // of a key that comes twice, the last
  for (const Entry& entry : entries(dictionary)) {
    const auto* const known = std::find(kWrappers.begin(), kWrappers.end(), entry.key);
    if (known == kWrappers.end() || !is_dictionary(*entry.value)) continue;
    wrapped[static_cast<std::size_t>(known - kWrappers.begin())] = entry.value;
  }
  const Value* likeliest = nullptr;
  for (const Value* candidate : wrapped) {
    if (candidate == nullptr) continue;
    if (has_tensors(*candidate)) return candidate;
    if (likeliest == nullptr) likeliest = candidate;
  }
  return likeliest;
}

class Reader {
 public:
  Reader(const pickle::Document& document, std::uint64_t file_bytes, const std::string& where)
      : document_(document), most_bytes_(kSmallFile + kMostExpansion * file_bytes), where_(where) {}

  TorchState read() {
    for (const Value* reference : document_.persistents()) enter(*reference);
    for (const Entry& entry : entries(find_state_dict())) {
      if (is_tensor(*entry.value)) read_tensor(std::string(entry.key), *entry.value);
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

  const Value& find_state_dict() const {
    constexpr const char* kHint = "save the weights alone: torch.save(model.state_dict(), path)";
    const Value* dictionary = &document_.root();
    if (!is_dictionary(*dictionary)) {
      refuse(fmt::format("it holds {}, not a dictionary of tensors", describe(dictionary->kind)),
             kHint);
    }
    for (int depth = 0; depth < kDeepestWrapper; ++depth) {
      const Value* inner = unwrap(*dictionary);
      if (inner == nullptr || (has_tensors(*dictionary) && !has_tensors(*inner))) break;
      dictionary = inner;
    }
    if (!has_tensors(*dictionary)) {
      refuse("it holds no tensors, neither directly nor under \"state_dict\", \"model\" or \"net\"",
             kHint);
    }
    return *dictionary;
  }

  std::int64_t integer(const Value& value, const char* what) const {
    if (value.kind != Kind::kInt) refuse(fmt::format("its {} is {}", what, describe(value.kind)));
    return value.integer;
  }

  std::vector<std::int64_t> integers(const Value& value, const char* what) const {
    if (callee(value) == kSize && value.arguments->items.size() == 1) {
      const Value& wrapped = *value.arguments->items.front();
      if (wrapped.kind == Kind::kTuple) return integers(wrapped, what);
    }
    if (value.kind != Kind::kTuple && value.kind != Kind::kList) {
      refuse(fmt::format("its {} is {}", what, describe(value.kind)));
    }
    if (value.items.size() > kMostDimensions) {
      refuse(fmt::format("its {} has {} numbers", what, value.items.size()));
    }
    std::vector<std::int64_t> result;
    for (const Value* each : value.items) result.push_back(integer(*each, what));
    return result;
  }

  void read_tensor(std::string name, const Value& made) {
    name_ = std::move(name);
    if (!names_.insert(name_).second) refuse("it appears twice");
    if (names_.size() > kMostTensors) refuse(fmt::format("there are {} before it", kMostTensors));
    const Value* call = &made;
    if (callee(made) == kParameter) {
      const Items& arguments = made.arguments->items;
      call = arguments.empty() ? nullptr : arguments.front();
      if (call == nullptr || !is_tensor(*call) || callee(*call) == kParameter) {
        refuse("it is a parameter of something that is no tensor");
      }
    }
    const Items& arguments = call->arguments->items;
    if (arguments.size() < 4) refuse(fmt::format("it is described by {} values", arguments.size()));
    if (arguments.size() > 6 && !arguments[6]->items.empty()) {
      refuse("it is a lazily negated or conjugated view", "save tensor.resolve_neg() instead");
    }
    place(*arguments[0], {.dtype = {},
                          .shape = integers(*arguments[2], "shape"),
                          .strides = integers(*arguments[3], "list of strides"),
                          .offset = integer(*arguments[1], "offset")});
    name_.clear();
  }

  /// Enters the storage that ("storage", class, key, device, elements, part) refers to.
  TorchStorage& enter(const Value& reference) {
    if (reference.kind != Kind::kPersistent || reference.callee->kind != Kind::kTuple) {
      refuse(fmt::format("its storage is {}", describe(reference.kind)));
    }
    const Items& id = reference.callee->items;
    if (id.size() < 5 || id[0]->text != "storage") refuse("its storage is described by too little");
    const std::string_view dtype = storage_dtype(id[1]->text);
    if (id[1]->kind != Kind::kGlobal || dtype.empty()) {
      refuse(
          fmt::format("its storage is of the type {}, which is not read", in_quotes(id[1]->text)));
    }
    const std::string_view key = id[2]->text;
    if (!is_text(*id[2]) || key.size() > kLongestKey) refuse("its storage has no name");
    const std::int64_t elements = integer(*id[4], "storage's size");
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

  void place(const Value& reference, StridedView view) {
    TorchStorage& storage = enter(reference);
    view.dtype = storage.dtype;
    if (!is_float(view.dtype)) {
      state_.skipped[name_] = view.dtype;
      return;
    }
    const Items& id = reference.callee->items;
    if (id.size() > 5) add_part_offset(*id[5], view);
    check(view, storage);
    storage.tensors.push_back({name_, std::move(view)});
  }

  /// Old streams name a part of a storage by (key, offset, size); a view counts from there.
  void add_part_offset(const Value& part, StridedView& view) const {
    if (part.kind == Kind::kNone) return;
    if (part.kind != Kind::kTuple || part.items.size() != 3) {
      refuse("its storage's part is no triple");
    }
    const std::int64_t offset = integer(*part.items[1], "storage's part");
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

  const pickle::Document& document_;
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

pickle::Document read_torch_pickle(std::span<const std::byte> bytes, const std::string& where) {
  try {
    return pickle::Document(bytes, torch_globals(), where);
  } catch (const core::Error& error) {
    core::Diagnostic diagnostic = error.diagnostic();
    diagnostic.what = "cannot read a PyTorch checkpoint";
    diagnostic.hint =
        "if the file is not damaged, save the weights alone: torch.save(model.state_dict(), path)";
    throw core::Error(diagnostic);
  }
}

TorchState read_torch_state(const pickle::Document& document, std::uint64_t file_bytes,
                            const std::string& where) {
  return Reader(document, file_bytes, where).read();
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
