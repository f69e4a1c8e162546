// SPDX-License-Identifier: Apache-2.0
// The reading half of artifact.h; the file may be hostile.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/float16.h"
#include "core/json_guard.h"
#include "core/safetensors.h"
#include "graph/graph_json.h"
#include "hybrid/artifact.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::hybrid {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFloatPrefix = "float.";

template <typename T>
void copy_bytes(const core::StoredTensor& stored, std::vector<T>& values) {
  std::ranges::copy(stored.bytes, std::as_writable_bytes(std::span(values)).begin());
}

class Reader {
 public:
  Reader(std::span<const std::byte> file, std::string where)
      : where_(std::move(where)), content_(core::parse_safetensors(file, where_)) {}

  Model read() {
    const Json json = header();
    const Json& schema = field(json, "schema");
    if (!schema.is_number_integer() || schema.get<std::int64_t>() != kSchema) {
      refuse("schema", fmt::format("it is {}, this shiftwise reads {}",
                                   schema.is_number() ? schema.dump() : "no number", kSchema));
    }
    Model model;
    model.origin = origin(json);
    model.normalization.mean = channels(field(json, "normalization"), "mean");
    model.normalization.std = channels(field(json, "normalization"), "std");
    model.class_names = texts(field(json, "classes"), "classes");
    model.network = graph::from_json(field(json, "float_network"), floats());
    model.integers = qgraph::from_json(
        field(json, "integer_network"),
        {.weight = [this](const auto& name) { return integers<std::int8_t>(name, "I8"); },
         .bias = [this](const auto& name) { return integers<std::int32_t>(name, "I32"); }});
    const Json& range = field(json, "range");
    if (!range.is_array() || range.size() != 2) refuse("range", "it is not a pair of nodes");
    model.range = {small_integer(range[0], "range"), small_integer(range[1], "range")};
    verify(model);
    refuse_leftovers(model.network);
    return model;
  }

 private:
  [[noreturn]] void refuse(const std::string& place, const std::string& why) const {
    throw core::Error({.what = "cannot read a quantized model",
                       .where = fmt::format("{}, {}", where_, place),
                       .why = why,
                       .hint = "write it again with shiftwise quantize"});
  }

  Json header() const {
    const auto found = content_.metadata.find("shiftwise");
    if (found == content_.metadata.end()) {
      refuse("metadata", "there is no \"shiftwise\" in it: this is no quantized model");
    }
    constexpr int kDeepest = 16;
    constexpr std::size_t kMostNames = 100;
    core::JsonGuard<Json> guard(kDeepest, kMostNames,
                                [this](const std::string& why) { refuse("metadata", why); });
    try {
      return Json::parse(found->second, std::ref(guard));
    } catch (const Json::exception& error) {
      refuse("metadata", error.what());
    }
  }

  const Json& field(const Json& json, const char* key) const {
    if (!json.is_object()) refuse(key, "what should hold it is no JSON object");
    const auto found = json.find(key);
    if (found == json.end()) refuse(key, "it is missing");
    return *found;
  }

  std::string text(const Json& json, const char* key) const {
    const Json& value = field(json, key);
    if (!value.is_string()) refuse(key, "it is no text");
    return value.get<std::string>();
  }

  std::vector<std::string> texts(const Json& list, const char* key) const {
    if (!list.is_array()) refuse(key, "it is no list");
    std::vector<std::string> result;
    for (const Json& value : list) {
      if (!value.is_string()) refuse(key, "it holds something that is no text");
      result.push_back(value.get<std::string>());
    }
    return result;
  }

  int small_integer(const Json& value, const char* key) const {
    constexpr std::uint64_t kLargest = 1 << 30;
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kLargest) {
      refuse(key, "it is no small whole number");
    }
    return value.get<int>();
  }

  std::array<float, 3> channels(const Json& json, const char* key) const {
    const Json& list = field(json, key);
    std::array<float, 3> result{};
    if (!list.is_array() || list.size() != result.size()) refuse(key, "it is no list of three");
    for (std::size_t c = 0; c < result.size(); ++c) {
      if (!list[c].is_number()) refuse(key, "it holds something that is no number");
      result[c] = list[c].get<float>();
    }
    return result;
  }

  SourceFile source_file(const Json& json) const {
    return {.name = text(json, "name"), .sha256 = text(json, "sha256")};
  }

  Origin origin(const Json& json) const {
    const Json& calibration = field(json, "calibration");
    Origin result{.version = text(json, "version"),
                  .preset = text(json, "preset"),
                  .offload = text(json, "offload"),
                  .checkpoint = source_file(field(json, "checkpoint")),
                  .calibration_images = small_integer(field(calibration, "images"), "images"),
                  .calibration_files = {}};
    const Json& files = field(calibration, "files");
    if (!files.is_array()) refuse("files", "it is no list");
    for (const Json& file : files) result.calibration_files.push_back(source_file(file));
    return result;
  }

  std::map<std::string, core::Tensor<float>> floats() {
    std::map<std::string, core::Tensor<float>> result;
    for (const core::StoredTensor& stored : content_.tensors) {
      if (!stored.name.starts_with(kFloatPrefix)) continue;
      core::Tensor<float> tensor(stored.shape);
      if (stored.dtype == "F32") {
        copy_bytes(stored, tensor.values);
      } else if (stored.dtype == "F16") {
        for (std::size_t i = 0; i < tensor.values.size(); ++i) {
          std::uint16_t half = 0;
          std::memcpy(&half, &stored.bytes[2 * i], sizeof half);
          tensor.values[i] = core::float_from_half(half);
        }
      } else {
        refuse(stored.name, fmt::format("its dtype is {}, not F16 or F32", stored.dtype));
      }
      result.emplace(stored.name.substr(kFloatPrefix.size()), std::move(tensor));
    }
    return result;
  }

  template <typename T>
  core::Tensor<T> integers(const std::string& name, const char* dtype) {
    const core::StoredTensor* stored = content_.find(name);
    if (stored == nullptr) refuse(name, "the tensor is missing");
    if (stored->dtype != dtype) {
      refuse(name, fmt::format("its dtype is {}, not {}", stored->dtype, dtype));
    }
    used_.insert(name);
    core::Tensor<T> tensor(stored->shape);
    copy_bytes(*stored, tensor.values);
    return tensor;
  }

  void refuse_leftovers(const graph::Graph& network) const {
    const auto parameters = graph::parameters(network);
    for (const core::StoredTensor& stored : content_.tensors) {
      const bool is_float = stored.name.starts_with(kFloatPrefix) &&
                            parameters.contains(stored.name.substr(kFloatPrefix.size()));
      if (!is_float && !used_.contains(stored.name)) {
        refuse(stored.name, "the tensor belongs to no layer");
      }
    }
  }

  std::string where_;
  core::Safetensors content_;
  std::set<std::string> used_;
};

}  // namespace

Model read_model(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw core::Error({.what = "cannot read a quantized model",
                       .where = folder.string(),
                       .why = std::filesystem::exists(folder, ignored)
                                  ? "it is a file, not the folder that quantize wrote"
                                  : "there is no such folder",
                       .hint = "make one with: shiftwise quantize MODEL -o OUT"});
  }
  const std::filesystem::path path = folder / kModelFile;
  const core::MappedFile file(path);
  return parse_model(file.bytes(), path.string());
}

Model parse_model(std::span<const std::byte> file, const std::string& where) {
  return Reader(file, where).read();
}

}  // namespace shiftwise::hybrid
