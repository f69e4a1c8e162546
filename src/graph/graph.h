// SPDX-License-Identifier: Apache-2.0
// The float network: a list of nodes in the order in which data flows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/tensor.h"

namespace shiftwise::graph {

/// Index of a node in Graph::nodes. Inputs of a node are always smaller than itself.
using NodeId = int;

struct Input {
  core::ImageShape shape;
};

/// Cross-correlation with zero padding, as in PyTorch. weight: [O][I][K][K] f32, square
/// kernel; bias: [O] f32 or empty.
struct Conv2d {
  core::Tensor<float> weight;
  std::vector<float> bias;
  int stride = 1;
  int padding = 0;

  int outputs() const { return static_cast<int>(weight.shape[0]); }
  int inputs() const { return static_cast<int>(weight.shape[1]); }
  int kernel() const { return static_cast<int>(weight.shape[2]); }
};

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, per channel.
struct BatchNorm {
  std::vector<float> gamma;
  std::vector<float> beta;
  std::vector<float> mean;
  std::vector<float> variance;
  float epsilon = 1e-5F;
};

struct Relu {};

/// Sum of its two inputs: the main branch first, the skip branch second.
struct Add {};

/// Padding counts as minus infinity.
struct MaxPool {
  int kernel = 3;
  int stride = 2;
  int padding = 1;
};

/// The parameter-free shortcut ("option A") of the original CIFAR ResNets: every stride-th
/// pixel, and zero channels around the input's: output channel c is input channel
/// c - channels_before.
struct SubsamplePad {
  int stride = 2;
  int channels_before = 0;
  int outputs = 0;
};

/// Mean over all pixels: [C][H][W] -> [C][1][1].
struct GlobalAveragePool {};

/// weight: [O][I] f32, bias: [O] f32 or empty; its input is [I][1][1].
struct Linear {
  core::Tensor<float> weight;
  std::vector<float> bias;
};

using Operation = std::variant<Input, Conv2d, BatchNorm, Relu, Add, MaxPool, SubsamplePad,
                               GlobalAveragePool, Linear>;

struct Node {
  std::string name;   ///< unique; the checkpoint's name where it has parameters
  std::string stage;  ///< "stem", "conv2_x", "conv3_x", ..., "classifier"; empty for Input
  std::vector<NodeId> inputs;
  Operation operation;
};

/// Node 0 is the only Input, the last node the output.
struct Graph {
  std::vector<Node> nodes;

  NodeId output() const { return static_cast<NodeId>(nodes.size()) - 1; }
  core::ImageShape input_shape() const { return std::get<Input>(nodes.front().operation).shape; }
};

/// A lower-case word for the operation: "conv2d", "batch_norm", ...
std::string_view kind(const Operation& operation);

/// The node of that name. Throws Error, with near names, where there is none.
NodeId find(const Graph& graph, std::string_view name);

/// Ids of the nodes that read each node's output.
std::vector<std::vector<NodeId>> consumers(const Graph& graph);

/// Checks everything that the comments above promise (order, arity, parameter shapes, finite
/// parameters) and returns the output shape of every node. Throws Error naming the node.
std::vector<core::ImageShape> verify(const Graph& graph);

/// As verify(), without a look at the parameters' values: quick, whatever their number.
std::vector<core::ImageShape> infer_shapes(const Graph& graph);

/// The names of the stages, in order of first appearance.
std::vector<std::string> stages(const Graph& graph);

/// A run of consecutive nodes; `first` reads only the output of node first - 1 (and its
/// own), nothing behind `last` reads anything inside but the output of `last`.
struct Range {
  NodeId first = 0;
  NodeId last = 0;
};

/// The nodes of a comma-separated list of stages ("conv2_x", "conv2_x,conv3_x"), or of every
/// stage ("all"). Throws Error where a name is unknown or the stages are not consecutive.
Range find_stages(const Graph& graph, std::string_view list);

/// The nodes of `range` as a network of their own, whose input is the output of the node
/// before it. An empty range (last < first) gives nothing but an Input of that shape.
Graph slice(const Graph& graph, Range range);

/// Multiply-accumulates of one image, per node.
std::vector<std::int64_t> macs(const Graph& graph);

}  // namespace shiftwise::graph
