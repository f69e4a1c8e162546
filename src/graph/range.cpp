// SPDX-License-Identifier: Apache-2.0
// Parts of a network: which nodes a list of stages means, and those nodes on their own.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "graph/graph.h"

namespace shiftwise::graph {
namespace {

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> result;
  while (true) {
    const std::size_t comma = list.find(',');
    result.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return result;
    list.remove_prefix(comma + 1);
  }
}

[[noreturn]] void refuse(std::string_view list, std::string why, std::string hint = {}) {
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("the stages '{}' are no part of this network", list),
                     .why = std::move(why),
                     .hint = std::move(hint)});
}

/// Empty, or why `range` cannot be taken out: more than one value crosses its borders.
std::string crossing(const Graph& graph, Range range) {
  for (NodeId id = range.first; id <= graph.output(); ++id) {
    const Node& node = graph.nodes[static_cast<std::size_t>(id)];
    for (const NodeId input : node.inputs) {
      const bool legal =
          id <= range.last ? input >= range.first - 1 : input >= range.last || input < range.first;
      if (!legal) {
        return fmt::format("node '{}' reads '{}' across its border", node.name,
                           graph.nodes[static_cast<std::size_t>(input)].name);
      }
    }
  }
  return {};
}

}  // namespace

Range find_stages(const Graph& graph, std::string_view list) {
  const std::vector<std::string> known = stages(graph);
  if (list == "all") {
    if (known.empty()) refuse(list, "it has nothing but an input");
    return {1, graph.output()};
  }
  const std::vector<std::string> wanted = split(list);
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    refuse(list,
           fmt::format("it has no stage '{}'; its stages are {}", name, fmt::join(known, ", ")),
           core::suggest(name, known));
  }
  const auto is_wanted = [&](const Node& node) {
    return std::find(wanted.begin(), wanted.end(), node.stage) != wanted.end();
  };
  const auto begin = std::find_if(graph.nodes.begin(), graph.nodes.end(), is_wanted);
  const auto end = std::find_if(graph.nodes.rbegin(), graph.nodes.rend(), is_wanted).base();
  const auto gap = std::find_if_not(begin, end, is_wanted);
  if (gap != end) {
    refuse(list, fmt::format("'{}' ({}) lies between them", gap->stage, gap->name),
           "name consecutive stages");
  }
  const Range range{static_cast<NodeId>(begin - graph.nodes.begin()),
                    static_cast<NodeId>(end - graph.nodes.begin()) - 1};
  const std::string why = crossing(graph, range);
  if (!why.empty()) refuse(list, why);
  return range;
}

Graph slice(const Graph& graph, Range range) {
  core::expects(range.first >= 1 && range.last <= graph.output(), "a slice lies inside its graph",
                fmt::format("{} to {} of {}", range.first, range.last, graph.nodes.size()));
  const NodeId before = range.first - 1;
  const std::string why = crossing(graph, range);
  core::expects(range.last < range.first || why.empty(), "one value enters a slice, one leaves it",
                why);
  const core::ImageShape shape = infer_shapes(graph)[static_cast<std::size_t>(before)];
  Graph part;
  part.nodes.push_back({.name = graph.nodes[static_cast<std::size_t>(before)].name,
                        .stage = {},
                        .inputs = {},
                        .operation = Input{shape}});
  for (NodeId id = range.first; id <= range.last; ++id) {
    Node node = graph.nodes[static_cast<std::size_t>(id)];
    for (NodeId& input : node.inputs) input -= before;
    part.nodes.push_back(std::move(node));
  }
  return part;
}

}  // namespace shiftwise::graph
