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
#include "core/json_fields.h"
#include "core/json_guard.h"
#include "core/safetensors.h"
#include "graph/graph_json.h"
#include "hybrid/artifact.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::hybrid {
namespace {

using Json = nlohmann::ordered_json;

using core::JsonFields;

/// Of counts and numbers of nodes.
constexpr int kLargest = 1 << 30;
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
    JsonFields fields(json, where_, [](const std::string& where, const std::string& why) {
      refuse_at(where, why);
    });
    const int schema = fields.integer("schema", 0, kLargest);
    if (schema != kSchema) {
      refuse("schema", fmt::format("it is {}, this shiftwise reads {}", schema, kSchema));
    }
    Model model;
    model.origin = origin(fields);
    model.normalization.mean = channels(fields.object("normalization"), "mean");
    model.normalization.std = channels(fields.object("normalization"), "std");
    model.class_names = fields.texts("classes");
    model.network = graph::from_json(fields.at("float_network"), floats());
    model.integers = qgraph::from_json(
        fields.at("integer_network"),
        {.weight = [this](const auto& name) { return integers<std::int8_t>(name, "I8"); },
         .bias = [this](const auto& name) { return integers<std::int32_t>(name, "I32"); }});
    const std::vector<int> range = fields.integers("range", 0, kLargest);
    if (range.size() != 2) refuse("range", "it is not a pair of nodes");
    model.range = {range[0], range[1]};
    verify(model);
    refuse_leftovers(model.network);
    return model;
  }

 private:
  [[noreturn]] static void refuse_at(const std::string& where, const std::string& why) {
    throw core::Error({.what = "cannot read a quantized model",
                       .where = where,
                       .why = why,
                       .hint = "write it again with shiftwise quantize"});
  }

  [[noreturn]] void refuse(const std::string& place, const std::string& why) const {
    refuse_at(fmt::format("{}, {}", where_, place), why);
  }

  Json header() const {
    const auto found = content_.metadata.find("shiftwise");
    if (found == content_.metadata.end()) {
      refuse("metadata", "there is no \"shiftwise\" in it: this is no quantized model");
    }
    constexpr int kDeepest = 16;
    constexpr std::size_t kMostNames = 100;
    return core::parse_json<Json>(found->second,
                                  {.deepest = kDeepest,
                                   .most_names = kMostNames,
                                   .refuse = [this](const auto& why) { refuse("metadata", why); }});
  }

  static std::array<float, 3> channels(JsonFields fields, const char* key) {
    const std::vector<float> values = fields.reals(key);
    if (values.size() != 3) fields.refuse(fmt::format("'{}' is no list of three", key));
    return {values[0], values[1], values[2]};
  }

  static SourceFile source_file(JsonFields fields) {
    return {.name = fields.text("name"), .sha256 = fields.text("sha256")};
  }

  static Origin origin(JsonFields& fields) {
    JsonFields calibration = fields.object("calibration");
    Origin result{.version = fields.text("version"),
                  .preset = fields.text("preset"),
                  .offload = fields.text("offload"),
                  .checkpoint = source_file(fields.object("checkpoint")),
                  .calibration_images = calibration.integer("images", 0, kLargest),
                  .calibration_files = {}};
    for (const JsonFields& file : calibration.objects("files")) {
      result.calibration_files.push_back(source_file(file));
    }
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
  try {
    return Reader(file, where).read();
  } catch (const core::Error& error) {
    throw core::located_in(where, error);  // the networks' own checks know no file
  }
}

}  // namespace shiftwise::hybrid
