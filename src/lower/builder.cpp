// SPDX-License-Identifier: Apache-2.0
#include "lower/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/diagnostic.h"
#include "lower/weights.h"

namespace shiftwise::lower {

std::string Builder::fresh(const std::string& name) {
  std::string clean;
  for (const char c : name) {
    clean += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  if (clean.empty() || std::isdigit(static_cast<unsigned char>(clean[0])) != 0)
    clean.insert(clean.begin(), '_');
  std::string unique = clean;
  for (int i = 2; !names_.insert(unique).second; ++i) unique = fmt::format("{}_{}", clean, i);
  return unique;
}

std::string Builder::layer_name(qgraph::NodeId node) const {
  return graph_.nodes[static_cast<std::size_t>(node)].name;
}

Object Builder::row_object(qgraph::NodeId value, int channel_groups) const {
  const qgraph::Type& t = type(graph_, value);
  return {t.element, std::int64_t{8} * channel_groups * t.shape.width};
}

Object Builder::row_object(qgraph::NodeId value) const {
  return row_object(value, groups(graph_, value));
}

void Builder::add_parameters(Job& job, const std::string& suffix) {
  const std::string layer = layer_name(job.layer->convolution);
  job.parameters = fresh(layer + "_params" + suffix);
  Words words;
  if (options_.kernel_abi == KernelAbi::kOwn) {
    words = parameter_words(graph_, *job.layer,
                            {.in0_groups = job.in[0].groups,
                             .in1_groups = job.in.size() > 1 ? job.in[1].groups : 0,
                             .made = job.made,
                             .weights = job.weights,
                             .skip = job.skip_part});
  } else {
    words = mlir_aie_words(graph_, *job.layer);
  }
  for (const Word& word : words.runtime) {
    design_.parameters.push_back({.layer = layer,
                                  .buffer = job.parameters,
                                  .word = word.index,
                                  .meaning = word.meaning,
                                  .value = word.value});
  }
  program_.parameters.push_back({job.parameters, job.tile, std::move(words.initial)});
}

Object Builder::object_of(const Argument& argument) const {
  if (const auto* view = std::get_if<FifoView>(&argument)) {
    for (const Fifo& fifo : program_.fifos) {
      if (fifo.name == view->fifo) return fifo.object;
    }
  } else if (const auto* slot = std::get_if<RingView>(&argument)) {
    for (const Ring& ring : program_.rings) {
      if (ring.name == slot->ring) return ring.object;
    }
  } else if (const auto* buffer = std::get_if<BufferView>(&argument)) {
    for (const ParameterBuffer& parameters : program_.parameters) {
      if (parameters.name == buffer->buffer) {
        return {qgraph::Element::kInt32, static_cast<std::int64_t>(parameters.initial.size())};
      }
    }
    for (const LocalBuffer& local : program_.buffers) {
      if (local.name == buffer->buffer) return local.object;
    }
  }
  core::expects(false, "a core uses only what is on its tiles");
  return {};
}

std::string Builder::function(const KernelUse& use, std::vector<Object> pointers, int scalars) {
  int others = 0;  // functions of the same symbol with other types
  for (const Function& known : program_.functions) {
    if (known.use.symbol.substr(0, known.use.symbol.find("__")) != use.symbol) continue;
    if (known.pointers == pointers) return known.name;
    ++others;
  }
  KernelUse tagged = use;
  if (others > 0) {  // one object per set of types: a function has one declaration
    const std::string tag = fmt::format("__{}", others);
    tagged.symbol += tag;
    tagged.object = use.object.substr(0, use.object.rfind('.')) + tag + ".o";
    tagged.defines.push_back(options_.kernel_abi == KernelAbi::kOwn
                                 ? fmt::format("SW_TAG={}", tag)
                                 : fmt::format("{}={}", use.symbol, tagged.symbol));
  }
  program_.functions.push_back({tagged.symbol, std::move(pointers), scalars, tagged});
  return tagged.symbol;
}

std::int64_t Builder::share_weights(std::int64_t start) {
  std::vector<std::byte>& weights = design_.weights;
  std::vector<WeightEntry>& table = design_.weight_table;
  const auto bytes = static_cast<std::int64_t>(weights.size()) - start;
  const auto added = static_cast<std::size_t>(
      std::ranges::find_if(table, [&](const WeightEntry& one) { return one.offset >= start; }) -
      table.begin());
  /// What stood at the same place of an earlier run, by the same names.
  const auto match = [&](std::int64_t offset, const WeightEntry& entry) {
    return std::ranges::find_if(table, [&](const WeightEntry& one) {
      return one.offset == entry.offset - start + offset && one.layer == entry.layer &&
             one.slice == entry.slice;
    });
  };
  for (const auto& [offset, length] : weight_runs_) {
    if (length != bytes ||
        !std::equal(weights.begin() + start, weights.end(), weights.begin() + offset)) {
      continue;
    }
    if (std::any_of(table.begin() + static_cast<std::ptrdiff_t>(added), table.end(),
                    [&](const auto& entry) { return match(offset, entry) == table.end(); })) {
      continue;
    }
    for (std::size_t i = added; i < table.size(); ++i) {
      match(offset, table[i])->consumer += fmt::format(" {}", table[i].consumer);
    }
    table.resize(added);
    weights.resize(static_cast<std::size_t>(start));
    return offset;
  }
  weight_runs_[start] = bytes;
  return start;
}

core::TileId Builder::take_shim(int column, target::Direction direction) {
  const target::Device& device = options_.device;
  for (int distance = 0; distance < device.columns; ++distance) {
    for (const int at : {column - distance, column + distance}) {
      if (at < 0 || at >= device.columns) continue;
      int& used = shim_channels_[{at, direction}];
      if (used >= device.dma_channels({at, 0})) continue;
      ++used;
      return {at, 0};
    }
  }
  throw core::Error(
      {.what = "the design does not fit on the array",
       .where = fmt::format("shim tiles of {}", device.name),
       .why = fmt::format("all their {} channels are in use", target::name(direction)),
       .hint = "fewer blocks in one design"});
}

}  // namespace shiftwise::lower
