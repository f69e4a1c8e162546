// SPDX-License-Identifier: Apache-2.0
#include "graph/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace shiftwise::graph {
namespace {

std::string details(const Conv2d& op) {
  return fmt::format("{} -> {}, {}x{}, stride {}, padding {}{}", op.inputs(), op.outputs(),
                     op.kernel(), op.kernel(), op.stride, op.padding,
                     op.bias.empty() ? "" : ", bias");
}

std::string details(const MaxPool& op) {
  return fmt::format("{}x{}, stride {}, padding {}", op.kernel, op.kernel, op.stride, op.padding);
}

std::string details(const SubsamplePad& op) {
  return fmt::format("-> {}, stride {}, {} zero channels before", op.outputs, op.stride,
                     op.channels_before);
}

std::string details(const Linear& op) {
  return fmt::format("{} -> {}{}", op.weight.shape[1], op.weight.shape[0],
                     op.bias.empty() ? "" : ", bias");
}

std::string details(const BatchNorm& op) { return fmt::format("epsilon {}", op.epsilon); }

template <typename Other>
std::string details(const Other&) {
  return {};
}

}  // namespace

std::string describe(const Operation& operation) {
  return std::visit([](const auto& op) { return details(op); }, operation);
}

std::string print(const Graph& graph) {
  const std::vector<core::ImageShape> shapes = infer_shapes(graph);
  std::size_t stage_width = 0;
  std::size_t name_width = 0;
  for (const Node& node : graph.nodes) {
    stage_width = std::max(stage_width, node.stage.size());
    name_width = std::max(name_width, node.name.size());
  }
  std::string text;
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    text += fmt::format("{:>4}  {:<{}}  {:<{}}  {:<19}  {:<44}  {:<10}  {}\n", id, node.stage,
                        stage_width, node.name, name_width, kind(node.operation),
                        describe(node.operation), fmt::format("({})", fmt::join(node.inputs, ", ")),
                        core::to_string(shapes[id]));
  }
  return text;
}

}  // namespace shiftwise::graph
