// SPDX-License-Identifier: Apache-2.0
#include "data/python_batch.h"

#include <fmt/format.h>

#include <cstring>

#include "data/cifar_records.h"
#include "pickle/pickle.h"

namespace shiftwise::data {
namespace {

using pickle::Document;
using pickle::Kind;
using pickle::Value;

/// What a pickled numpy array needs, under the names of numpy 1 and 2.
const pickle::Globals& numpy_names() {
  static const pickle::Globals names{"numpy.core.multiarray._reconstruct",
                                     "numpy._core.multiarray._reconstruct", "numpy.ndarray",
                                     "numpy.dtype"};
  return names;
}

const Value& entry(const Document& document, std::string_view key, Kind kind) {
  if (document.root().kind != Kind::kDict) {
    document.refuse(document.root(), "the file holds no dictionary");
  }
  const Value* value = pickle::find(document.root(), key);
  if (value == nullptr) document.refuse(document.root(), fmt::format("there is no '{}'", key));
  if (value->kind != kind) document.refuse(*value, fmt::format("'{}' is of another kind", key));
  return *value;
}

bool is_text(const Value& value) {
  return value.kind == Kind::kBytes || value.kind == Kind::kString;
}

/// Whether `value` is the object that numpy.dtype makes for uint8.
bool is_uint8(const Value& value) {
  if (value.kind != Kind::kObject || value.callee->text != "numpy.dtype") return false;
  const std::vector<const Value*>& arguments = value.arguments->items;
  return !arguments.empty() && is_text(*arguments.front()) && arguments.front()->text == "u1";
}

/// The bytes of a pickled numpy array, uint8, rows x 3072, in C's order. Its state is
/// (version, shape, dtype, is Fortran's order, bytes).
std::string_view pixels_of(const Document& document, const Value& array, std::size_t rows) {
  const bool is_array = array.callee->text.ends_with("multiarray._reconstruct") &&
                        array.state != nullptr && array.state->kind == Kind::kTuple &&
                        array.state->items.size() == 5;
  if (!is_array) document.refuse(array, "'data' is no numpy array");
  const Value& shape = *array.state->items[1];
  const Value& fortran = *array.state->items[3];
  const Value& bytes = *array.state->items[4];
  if (!is_uint8(*array.state->items[2])) document.refuse(array, "'data' is not of type uint8");
  if (fortran.kind != Kind::kBool || fortran.integer != 0 || bytes.kind != Kind::kBytes) {
    document.refuse(array, "'data' is not stored row by row");
  }
  const bool right_shape = shape.kind == Kind::kTuple && shape.items.size() == 2 &&
                           shape.items[0]->integer == static_cast<std::int64_t>(rows) &&
                           shape.items[1]->integer == std::int64_t{kCifarPixelBytes};
  if (!right_shape || bytes.text.size() != rows * kCifarPixelBytes) {
    document.refuse(array, fmt::format("'data' does not hold {} x {} values, one row for each of "
                                       "the 'labels'",
                                       rows, kCifarPixelBytes));
  }
  return bytes.text;
}

}  // namespace

std::vector<std::byte> records_of_python_batch(std::span<const std::byte> bytes,
                                               const std::string& where) {
  const Document document(bytes, numpy_names(), where);
  const std::vector<const Value*>& labels = entry(document, "labels", Kind::kList).items;
  const std::string_view pixels =
      pixels_of(document, entry(document, "data", Kind::kObject), labels.size());
  std::vector<std::byte> records(labels.size() * kCifarRecordBytes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Value& label = *labels[i];
    if (label.kind != Kind::kInt || label.integer < 0 || label.integer >= kCifarClasses) {
      document.refuse(
          label, fmt::format("the label of image {} is none of 0 .. {}", i, kCifarClasses - 1));
    }
    std::byte* record = records.data() + i * kCifarRecordBytes;
    record[0] = static_cast<std::byte>(label.integer);
    std::memcpy(record + 1, pixels.data() + i * kCifarPixelBytes, kCifarPixelBytes);
  }
  return records;
}

std::vector<std::string> python_class_names(std::span<const std::byte> bytes,
                                            const std::string& where) {
  const Document document(bytes, numpy_names(), where);
  const Value& list = entry(document, "label_names", Kind::kList);
  std::vector<std::string> names;
  for (const Value* name : list.items) {
    if (!is_text(*name) || name->text.find('\n') != std::string_view::npos) {
      document.refuse(*name, "the name of a class is no line of text");
    }
    names.emplace_back(name->text);
  }
  if (names.size() != kCifarClasses) {
    document.refuse(list,
                    fmt::format("it has {} class names; expected {}", names.size(), kCifarClasses));
  }
  return names;
}

}  // namespace shiftwise::data
