// SPDX-License-Identifier: Apache-2.0
#include "lower/artifacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "lower/makefile.h"

namespace shiftwise::lower {
namespace {

using Json = nlohmann::ordered_json;

Artifact text_file(std::string path, std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {std::move(path), {bytes, bytes + text.size()}};
}

/// A line of a comment: what comes from a command line must not end it.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)); },
      ' ');
  return text;
}

std::string banner_lines(const Banner& banner, std::string_view comment) {
  return fmt::format("{0} Made by {1}; do not edit.\n{0}   from     {2}\n{0}   command  {3}\n",
                     comment, one_line(banner.tool), one_line(banner.inputs),
                     one_line(banner.command));
}

Json argument(const char* name, const char* direction, std::int64_t bytes) {
  return {{"name", name}, {"direction", direction}, {"bytes", bytes}};
}

Json activations(const ActivationLayout& layout) {
  return {{"element", qgraph::to_string(layout.element)},
          {"channels", layout.shape.channels},
          {"height", layout.shape.height},
          {"width", layout.shape.width},
          {"rows_per_object", layout.rows_per_object},
          {"layout", "[height / rows][channels / 8][rows * width][8]"},
          {"image_bytes", layout.image_bytes()}};
}

std::string rtp_json(const Design& design, const Banner& banner) {
  Json input = argument("input", "to the array", design.input.image_bytes() * design.images);
  input["activations"] = activations(design.input);
  Json weights =
      argument("weights", "to the array", static_cast<std::int64_t>(design.weights.size()));
  weights["file"] = "weights.bin";
  Json output = argument("output", "from the array", design.output.image_bytes() * design.images);
  output["activations"] = activations(design.output);
  Json parameters = Json::array();
  for (const RuntimeParameter& p : design.parameters) {
    parameters.push_back({{"layer", p.layer},
                          {"buffer", p.buffer},
                          {"word", p.word},
                          {"meaning", p.meaning},
                          {"value", p.value}});
  }
  Json table = Json::array();
  for (const WeightEntry& entry : design.weight_table) {
    table.push_back({{"layer", entry.layer},
                     {"slice", entry.slice},
                     {"consumer", entry.consumer},
                     {"offset", entry.offset},
                     {"bytes", entry.bytes}});
  }
  const Json all = {{"schema", 1},
                    {"made_by", banner.tool},
                    {"from", banner.inputs},
                    {"command", banner.command},
                    {"device", design.device},
                    {"sequence", design.sequence},
                    {"images", design.images},
                    {"arguments", {input, weights, output}},
                    {"parameters", parameters},
                    {"weights", table}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::vector<Artifact> artifacts(const Design& design, KernelAbi abi, const Banner& banner) {
  std::vector<Artifact> files;
  files.push_back(text_file("design.mlir", banner_lines(banner, "//") + design.text));
  files.push_back({"weights.bin", design.weights});
  files.push_back(text_file("rtp.json", rtp_json(design, banner)));
  files.push_back(text_file("Makefile", banner_lines(banner, "#") + makefile(design, abi)));
  if (abi != KernelAbi::kOwn) return files;
  std::set<std::string> called;
  for (const KernelUse& use : design.kernels) called.insert(use.source);
  for (const KernelSource& source : kernel_sources()) {
    const bool header = source.name.ends_with(".h");
    if (!header && !called.contains(std::string(source.name))) continue;
    files.push_back(text_file(fmt::format("kernels/{}", source.name), source.text));
  }
  return files;
}

}  // namespace shiftwise::lower
