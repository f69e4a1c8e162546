// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <deque>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/float16.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "core/safetensors.h"
#include "graph/graph_json.h"
#include "hybrid/artifact.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::hybrid {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

Json to_json(const SourceFile& file) { return {{"name", file.name}, {"sha256", file.sha256}}; }

Json header(const Model& model) {
  const Origin& origin = model.origin;
  Json files = Json::array();
  for (const SourceFile& file : origin.calibration_files) files.push_back(to_json(file));
  return {{"schema", kSchema},
          {"version", origin.version},
          {"preset", origin.preset},
          {"offload", origin.offload},
          {"checkpoint", to_json(origin.checkpoint)},
          {"calibration", {{"images", origin.calibration_images}, {"files", std::move(files)}}},
          {"normalization", {{"mean", model.normalization.mean}, {"std", model.normalization.std}}},
          {"classes", model.class_names},
          {"range", {model.range.first, model.range.last}},
          {"float_network", graph::to_json(model.network)},
          {"integer_network", qgraph::to_json(model.integers)}};
}

/// The integer network's table, and what people compute from it first.
Json scales(const Model& model) {
  Json table = qgraph::to_json(model.integers);
  const auto scale = [](const Json& exponent) { return std::ldexp(1.0, exponent.get<int>()); };
  for (Json& layer : table["nodes"]) {
    if (layer.contains("shift")) layer["combined_scale"] = layer["shift"];
    if (layer.contains("s_add")) layer["combined_scale"] = layer["s_add"];
    if (layer.contains("e_x")) layer["in_scale"] = scale(layer["e_x"]);
    if (layer.contains("e_skip")) layer["skip_scale"] = scale(layer["e_skip"]);
    if (layer.contains("e_w")) layer["weight_scale"] = scale(layer["e_w"]);
    layer["out_scale"] = scale(layer["exponent"]);
  }
  return {{"schema", kSchema},
          {"preset", model.origin.preset},
          {"offload", model.origin.offload},
          {"rounding", table["rounding"]},
          {"layers", table["nodes"]}};
}

/// The 16-bit floats equal to `values`; nothing where some have no equal.
std::vector<std::uint16_t> exact_halves(const std::vector<float>& values) {
  std::vector<std::uint16_t> halves(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!core::exact_half(values[i], halves[i])) return {};
  }
  return halves;
}

/// The tensors of the file, and the storage of those that had to be converted.
class Collector {
 public:
  void add_integers(const qgraph::QGraph& network) {
    for (const qgraph::Node& node : network.nodes) {
      if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) {
        add_layer(node.name, conv->weight, conv->bias);
      } else if (const auto* linear = std::get_if<qgraph::Linear>(&node.operation)) {
        add_layer(node.name, linear->weight, linear->bias);
      }
    }
  }

  void add_floats(std::map<std::string, core::Tensor<float>> parameters) {
    std::vector<std::pair<const std::string, core::Tensor<float>>*> entries;
    for (auto& entry : parameters) entries.push_back(&entry);
    std::vector<std::vector<std::uint16_t>> halves(entries.size());  // empty where not exact
    core::parallel_for(std::ssize(entries), [&](std::int64_t i) {
      core::check_interrupted();
      halves[static_cast<std::size_t>(i)] =
          exact_halves(entries[static_cast<std::size_t>(i)]->second.values);
    });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      auto& [name, tensor] = *entries[i];
      if (!halves[i].empty()) {
        halves_.push_back(std::move(halves[i]));
        add("float." + name, "F16", tensor.shape, bytes_of(halves_.back()));
      } else {
        floats_.push_back(std::move(tensor.values));
        add("float." + name, "F32", tensor.shape, bytes_of(floats_.back()));
      }
    }
  }

  core::Safetensors take() { return std::move(content_); }

 private:
  void add(std::string name, const char* dtype, core::Shape shape,
           std::span<const std::byte> bytes) {
    content_.tensors.push_back(
        {.name = std::move(name), .dtype = dtype, .shape = std::move(shape), .bytes = bytes});
  }

  void add_layer(const std::string& name, const core::Tensor<std::int8_t>& weight,
                 const std::vector<std::int32_t>& bias) {
    add(name + ".weight", "I8", weight.shape, bytes_of(weight.values));
    add(name + ".bias", "I32", {static_cast<std::int64_t>(bias.size())}, bytes_of(bias));
  }

  core::Safetensors content_;
  std::deque<std::vector<std::uint16_t>> halves_;
  std::deque<std::vector<float>> floats_;
};

}  // namespace

void write_model(const Model& model, const std::filesystem::path& folder) {
  Collector collector;
  collector.add_integers(model.integers);
  collector.add_floats(graph::parameters(model.network));
  core::Safetensors content = collector.take();
  content.metadata["shiftwise"] = header(model).dump();
  core::write_file(folder / kModelFile, core::format_safetensors(content));
  core::write_file(folder / kScalesFile, scales(model).dump(2) + "\n");
}

}  // namespace shiftwise::hybrid
