// SPDX-License-Identifier: Apache-2.0
#include "cli/scales_table.h"

namespace shiftwise::cli {

void add_scales_table(report::Report& report, const qgraph::QGraph& network) {
  using report::Column;
  std::vector<report::Row> rows;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const qgraph::Node& node = network.nodes[i];
    const auto exponent_of_input = [&](std::size_t which) {
      if (which >= node.inputs.size()) return report::none();
      const auto input = static_cast<std::size_t>(node.inputs[which]);
      return report::integer(network.nodes[input].output.exponent.value);
    };
    report::Value weight = report::none();
    if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) {
      weight = report::integer(conv->weight_exponent.value);
    } else if (const auto* linear = std::get_if<qgraph::Linear>(&node.operation)) {
      weight = report::integer(linear->weight_exponent.value);
    }
    const bool sums = !node.inputs.empty() && node.output.element != qgraph::Element::kInt32;
    rows.push_back({report::text(node.name),
                    report::text(std::string(qgraph::kind(node.operation))),
                    report::text(core::to_string(node.output.shape)), exponent_of_input(0), weight,
                    exponent_of_input(1), report::integer(node.output.exponent.value),
                    sums ? report::integer(qgraph::output_shift(network, static_cast<int>(i)).value)
                         : report::none(),
                    report::text(std::string(qgraph::to_string(node.output.element)))});
  }
  report.table("layers", "",
               {{"name", "layer", Column::Align::kLeft},
                {"op", "operation", Column::Align::kLeft},
                {"shape", "output"},
                {"e_x", "e_x"},
                {"e_w", "e_w"},
                {"e_skip", "e_skip"},
                {"e_out", "e_out"},
                {"shift", "shift"},
                {"element", "type", Column::Align::kLeft}},
               std::move(rows));
}

}  // namespace shiftwise::cli
