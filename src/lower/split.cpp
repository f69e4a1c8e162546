// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "core/diagnostic.h"
#include "lower/compile.h"
#include "lower/layer.h"

namespace shiftwise::lower {
namespace {

using qgraph::NodeId;

/// The nodes of a block: first .. last.
struct Range {
  NodeId first = 0;
  NodeId last = 0;
  /// Nothing of it reads further back than the node before it.
  bool closed = true;
};

Range range_of(const Block& block) {
  Range range{block.output(), block.output(), true};
  for (const Layer& layer : block.layers) {
    range.first = std::min(range.first, layer.convolution);
    if (layer.side != kNoNode) range.first = std::min(range.first, layer.side);
  }
  for (const Layer& layer : block.layers) {
    range.closed = range.closed && layer.input >= range.first - 1 &&
                   (layer.skip == Skip::kNone || layer.skip_input >= range.first - 1);
  }
  return range;
}

class Splitter {
 public:
  Splitter(const qgraph::QGraph& network, const Options& options)
      : network_(network), options_(options), found_(find_blocks(network)) {
    for (const auto& [node, why] : found_.rest) reasons_[node] = why;
  }

  Split run() {
    for (std::size_t from = 0; from < found_.blocks.size(); ++from) extend(from);
    if (!best_) refuse();
    return finish();
  }

 private:
  /// The longest run that starts with block `from` and fits.
  void extend(std::size_t from) {
    const Range first = range_of(found_.blocks[from]);
    if (!first.closed) {
      reasons_.emplace(first.last, "its block reads values from before it");
      return;
    }
    NodeId last = first.first - 1;
    std::int64_t work = 0;
    for (std::size_t to = from; to < found_.blocks.size(); ++to) {
      const Range range = range_of(found_.blocks[to]);
      if (range.first != last + 1 || !range.closed) return;
      try {
        Design design = compile(extract(network_, first.first, range.last), options_);
        last = range.last;
        for (const Layer& layer : found_.blocks[to].layers) {
          work += macs(network_, layer, groups(network_, layer.output()));
        }
        if (work > work_) {
          work_ = work;
          best_ = std::move(design);
          chosen_ = {first.first, last, true};
        }
      } catch (const core::Error& error) {
        const core::Diagnostic& why = error.diagnostic();
        for (NodeId id = range.first; id <= range.last; ++id) {
          reasons_.emplace(id, fmt::format("{}: {}", why.where, why.why));
        }
        for (NodeId id = first.first; id <= last; ++id) {  // what it could not stand beside
          apart_.emplace(id, fmt::format("not together with layer '{}': {}: {}",
                                         network_.nodes[static_cast<std::size_t>(range.first)].name,
                                         why.where, why.why));
        }
        return;
      }
    }
  }

  [[noreturn]] void refuse() const {
    constexpr int kMostReasons = 4;
    std::string why;
    int reasons = 0;
    for (auto first = reasons_.begin(); first != reasons_.end();) {
      const auto end = std::find_if(
          first, reasons_.end(), [&](const auto& other) { return other.second != first->second; });
      const auto last = std::prev(end);
      if (++reasons <= kMostReasons) {
        why += fmt::format("{}{}{}: {}", why.empty() ? "" : "; ", describe(network_, first->first),
                           first == last ? "" : " to " + describe(network_, last->first),
                           first->second);
      }
      first = end;
    }
    if (reasons > kMostReasons) why += fmt::format("; and {} more", reasons - kMostReasons);
    throw core::Error({.what = "no layer of this network can run on the array",
                       .where = options_.device.name,
                       .why = why.empty() ? "it has no convolution" : why,
                       .hint = "offload other stages, or choose another mapping or device"});
  }

  Split finish() {
    Split split{.before = {}, .design = std::move(*best_), .after = {}, .assignments = {}};
    if (chosen_.first > 1) split.before = extract(network_, 0, chosen_.first - 1);
    if (chosen_.last < network_.output()) {
      split.after = extract(network_, chosen_.last + 1, network_.output());
    }
    std::size_t next = 0;
    for (NodeId id = 1; id <= network_.output(); ++id) {
      if (id >= chosen_.first && id <= chosen_.last) {
        split.assignments.push_back(split.design.assignments[next++]);
        continue;
      }
      std::string why = "another stage is on the array";
      if (const auto apart = apart_.find(id); apart != apart_.end()) why = apart->second;
      if (const auto reason = reasons_.find(id); reason != reasons_.end()) why = reason->second;
      split.assignments.push_back({.layer = network_.nodes[static_cast<std::size_t>(id)].name,
                                   .where = "cpu",
                                   .why = std::move(why)});
    }
    return split;
  }

  const qgraph::QGraph& network_;
  const Options& options_;
  Blocks found_;
  std::map<NodeId, std::string> reasons_;  ///< why not
  std::map<NodeId, std::string> apart_;    ///< why not in a run with the block behind it
  std::optional<Design> best_;
  std::int64_t work_ = 0;
  Range chosen_;
};

}  // namespace

Split split(const qgraph::QGraph& network, const Options& options) {
  qgraph::verify(network);
  return Splitter(network, options).run();
}

}  // namespace shiftwise::lower
