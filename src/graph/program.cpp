// SPDX-License-Identifier: Apache-2.0
#include "graph/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/diagnostic.h"
#include "graph/fusion.h"

namespace shiftwise::graph {
namespace {

using dnnl::memory;
using onednn::Layout;

class Compiler {
 public:
  Compiler(const Graph& graph, const Executor::Options& options)
      : graph_(graph),
        any_order_(options.any_order),
        groups_(fuse(graph, options.observed)),
        readers_(last_readers(graph, groups_)) {
    program_.images = options.images_per_chunk;
    program_.threads = options.threads_per_chunk;
    program_.shapes = infer_shapes(graph);
    program_.observed.resize(graph.nodes.size());
    for (const NodeId id : options.observed) program_.observed.at(index(id)) = true;
    forms_.resize(graph.nodes.size());
  }

  Program run() {
    forms_[0].push_back(new_value(onednn::plain(extents(0))));
    show(0);
    for (group_ = 0; group_ < groups_.size(); ++group_) {
      const Group& group = groups_[group_];
      const Node& node = graph_.nodes[index(group.operation)];
      try {
        std::visit([&](const auto& operation) { compile(operation, group, node.inputs); },
                   node.operation);
        show(group.result);
      } catch (const dnnl::error& error) {
        throw core::Error({.what = "oneDNN cannot run a layer of the float network",
                           .where = fmt::format("{} '{}'", kind(node.operation), node.name),
                           .why = error.what()});
      }
    }
    program_.workspace_bytes = place_buffers(program_.buffers);
    return std::move(program_);
  }

 private:
  static std::size_t index(int id) { return static_cast<std::size_t>(id); }

  memory::dims extents(NodeId id) const {
    const core::ImageShape& shape = program_.shapes[index(id)];
    return {program_.images, shape.channels, shape.height, shape.width};
  }

  int now() const { return static_cast<int>(program_.steps.size()); }

  ValueId new_value(const Layout& layout) {
    program_.buffers.push_back({.bytes = layout.get_size(), .born = now(), .dies = now()});
    return value_in(layout, static_cast<int>(program_.buffers.size()) - 1);
  }

  ValueId value_in(const Layout& layout, int buffer) {
    program_.values.push_back({layout, buffer});
    return static_cast<ValueId>(program_.values.size()) - 1;
  }

  int& buffer_of(ValueId value) { return program_.values[index(value)].buffer; }

  void use(ValueId value) { program_.buffers[index(buffer_of(value))].dies = now(); }

  void add_step(dnnl::primitive primitive, const Layout& scratchpad,
                std::vector<std::pair<int, ValueId>> values,
                std::vector<std::pair<int, memory>> constants = {}) {
    if (scratchpad.get_size() > 0) {
      values.emplace_back(DNNL_ARG_SCRATCHPAD, new_value(scratchpad));
    }
    for (const auto& [argument, value] : values) use(value);
    program_.steps.push_back(
        Compute{std::move(primitive), std::move(values), std::move(constants)});
  }

  /// A copy of `from` in another layout (or, to be overwritten, in the same).
  ValueId copy(ValueId from, const Layout& layout) {
    const auto reorder = onednn::reorder(program_.values[index(from)].layout, layout);
    const ValueId to = new_value(layout);
    add_step(dnnl::reorder(reorder), reorder.scratchpad_desc(),
             {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    return to;
  }

  std::optional<ValueId> find_form(NodeId id, const Layout& layout) const {
    for (const ValueId value : forms_[index(id)]) {
      if (program_.values[index(value)].layout == layout) return value;
    }
    return std::nullopt;
  }

  /// The output of a node in that layout; converted at most once.
  ValueId form(NodeId id, const Layout& layout) {
    if (const std::optional<ValueId> found = find_form(id, layout)) return *found;
    const ValueId value = copy(forms_[index(id)].front(), layout);
    forms_[index(id)].push_back(value);
    return value;
  }

  /// As its producer made it.
  ValueId first_form(NodeId id) const { return forms_[index(id)].front(); }
  const Layout& first_layout(NodeId id) const {
    return program_.values[index(first_form(id))].layout;
  }

  /// A value that may be overwritten with this group's result: the node's own memory if
  /// nobody needs it any more and `other` is not the same memory, else a copy.
  ValueId overwritable(NodeId id, const Layout& layout, ValueId other) {
    const std::optional<ValueId> found = find_form(id, layout);
    if (found && readers_[index(id)] == static_cast<int>(group_) &&
        buffer_of(*found) != buffer_of(other)) {
      return value_in(layout, buffer_of(*found));
    }
    return copy(found.value_or(first_form(id)), layout);
  }

  void show(NodeId id) {
    if (!program_.observed[index(id)] && id != graph_.output()) return;
    const bool as_it_is = any_order_ && id != graph_.output() &&
                          onednn::image_after_image(first_layout(id), extents(id));
    const ValueId value = as_it_is ? first_form(id) : form(id, onednn::plain(extents(id)));
    use(value);
    program_.steps.push_back(Show{id, value});
  }

  memory constant(std::span<const float> values, const memory::dims& dims, const Layout& layout) {
    memory from(onednn::plain(dims), onednn::engine(), const_cast<float*>(values.data()));
    memory to(layout, onednn::engine());
    dnnl::stream stream(onednn::engine());
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    program_.weight_bytes += layout.get_size();
    return to;
  }

  void convolution(const core::Tensor<float>& weight, std::span<const float> bias, int stride,
                   int padding, const Group& group, NodeId input) {
    memory::dims dims = weight.shape;
    dims.resize(4, 1);
    const std::vector<float> zeros(bias.empty() ? index(static_cast<int>(dims[0])) : 0);
    const memory::dims channels = {dims[0]};
    const onednn::Window window{.kernel_height = static_cast<int>(dims[2]),
                                .kernel_width = static_cast<int>(dims[3]),
                                .stride = stride,
                                .padding = padding};
    const auto primitive =
        onednn::convolution(onednn::any(extents(input)), onednn::any(dims), onednn::plain(channels),
                            onednn::any(extents(group.operation)), window,
                            {.accumulate = group.skip.has_value(), .relu = group.relu});
    const ValueId from = form(input, primitive.src_desc());
    const ValueId to = group.skip ? overwritable(*group.skip, primitive.dst_desc(), from)
                                  : new_value(primitive.dst_desc());
    add_step(dnnl::convolution_forward(primitive), primitive.scratchpad_desc(),
             {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}},
             {{DNNL_ARG_WEIGHTS, constant(weight.values, dims, primitive.weights_desc())},
              {DNNL_ARG_BIAS,
               constant(bias.empty() ? zeros : bias, channels, onednn::plain(channels))}});
    forms_[index(group.result)].push_back(to);
  }

  void compile(const Conv2d& op, const Group& group, const std::vector<NodeId>& inputs) {
    convolution(op.weight, op.bias, op.stride, op.padding, group, inputs[0]);
  }

  void compile(const Linear& op, const Group& group, const std::vector<NodeId>& inputs) {
    convolution(op.weight, op.bias, 1, 0, group, inputs[0]);
  }

  void compile(const Relu&, const Group& group, const std::vector<NodeId>& inputs) {
    const Layout layout = first_layout(inputs[0]);
    const auto primitive = onednn::relu(layout);
    const ValueId from = first_form(inputs[0]);
    const ValueId to = new_value(layout);
    add_step(dnnl::eltwise_forward(primitive), primitive.scratchpad_desc(),
             {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}});
    forms_[index(group.result)].push_back(to);
  }

  void compile(const Add&, const Group& group, const std::vector<NodeId>& inputs) {
    const Layout layout = first_layout(inputs[0]);
    const auto primitive = onednn::add(layout, {.relu = group.relu});
    const ValueId main = first_form(inputs[0]);
    const ValueId skip = form(inputs[1], layout);
    const ValueId to = new_value(layout);
    add_step(dnnl::binary(primitive), primitive.scratchpad_desc(),
             {{DNNL_ARG_SRC_0, main}, {DNNL_ARG_SRC_1, skip}, {DNNL_ARG_DST, to}});
    forms_[index(group.result)].push_back(to);
  }

  void pool(const dnnl::pooling_forward::primitive_desc& primitive, const Group& group,
            NodeId input) {
    const ValueId from = first_form(input);
    const ValueId to = new_value(primitive.dst_desc());
    add_step(dnnl::pooling_forward(primitive), primitive.scratchpad_desc(),
             {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}});
    forms_[index(group.result)].push_back(to);
  }

  void compile(const MaxPool& op, const Group& group, const std::vector<NodeId>& inputs) {
    const onednn::Window window{.kernel_height = op.kernel,
                                .kernel_width = op.kernel,
                                .stride = op.stride,
                                .padding = op.padding};
    pool(onednn::max_pool(first_layout(inputs[0]), onednn::any(extents(group.result)), window),
         group, inputs[0]);
  }

  void compile(const GlobalAveragePool&, const Group& group, const std::vector<NodeId>& inputs) {
    const core::ImageShape& shape = program_.shapes[index(inputs[0])];
    const onednn::Window window{.kernel_height = shape.height, .kernel_width = shape.width};
    pool(onednn::average_pool(first_layout(inputs[0]), onednn::any(extents(group.result)), window),
         group, inputs[0]);
  }

  void compile(const SubsamplePad& op, const Group& group, const std::vector<NodeId>& inputs) {
    const ValueId from = form(inputs[0], onednn::plain(extents(inputs[0])));
    const ValueId to = new_value(onednn::plain(extents(group.result)));
    use(from);
    program_.steps.push_back(Subsample{op, program_.shapes[index(inputs[0])], from, to});
    forms_[index(group.result)].push_back(to);
  }

  void compile(const BatchNorm&, const Group& group, const std::vector<NodeId>&) {
    core::expects(false, "the executor is given a network whose batch norms are folded",
                  graph_.nodes[index(group.operation)].name);
  }

  void compile(const Input&, const Group&, const std::vector<NodeId>&) {}

  const Graph& graph_;
  bool any_order_;
  std::vector<Group> groups_;
  std::vector<int> readers_;
  std::size_t group_ = 0;
  Program program_;
  /// The values that hold each node's output; the first is the producer's.
  std::vector<std::vector<ValueId>> forms_;
};

}  // namespace

Program compile(const Graph& graph, const Executor::Options& options) {
  core::expects(options.images_per_chunk >= 1, "a chunk has at least one image");
  core::expects(options.threads_per_chunk >= 1, "a chunk has at least one thread");
  verify(graph);
  for (const NodeId id : options.observed) {
    core::expects(id >= 0 && id <= graph.output(), "an observed node is in the network",
                  fmt::format("node {} of {}", id, graph.nodes.size()));
  }
  const onednn::Threads threads(options.threads_per_chunk);
  return Compiler(graph, options).run();
}

}  // namespace shiftwise::graph
