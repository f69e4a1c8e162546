// SPDX-License-Identifier: Apache-2.0
// The quantized network: integers, exponents and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "arith/srs.h"
#include "core/tensor.h"
#include "core/units.h"

namespace shiftwise::qgraph {

/// Index of a node in QGraph::nodes. Inputs of a node are always smaller than itself.
using NodeId = int;

enum class Element { kInt8, kUint8, kInt32 };

/// Smallest and largest integer of an element type.
std::int64_t lowest(Element element);
std::int64_t highest(Element element);
/// "int8", "uint8", "int32".
std::string_view to_string(Element element);

/// What a node produces for one image: [C][H][W] integers q that stand for q * 2^exponent.
struct Type {
  Element element = Element::kUint8;
  core::Exponent exponent;
  core::ImageShape shape;
  friend bool operator==(const Type&, const Type&) = default;
};

/// Codes made from floats outside the network (docs/numerics.md, eq. 2). int8 or uint8.
struct Input {};

/// acc = sum(w * x) + b, exact (eq. 3); zero padding. Output int8/uint8: acc requantized to
/// the output's exponent (uint8 is at the same time the ReLU). Output int32: acc itself, at
/// exponent e_w + e_x. weight: [O][I][K][K] int8; bias: [O] int32 at e_w + e_x.
struct Conv2d {
  core::Tensor<std::int8_t> weight;
  std::vector<std::int32_t> bias;
  core::Exponent weight_exponent;
  int stride = 1;
  int padding = 0;

  int outputs() const { return static_cast<int>(weight.shape[0]); }
  int inputs() const { return static_cast<int>(weight.shape[1]); }
  int kernel() const { return static_cast<int>(weight.shape[2]); }
};

/// The residual: both operands brought to the smaller of their exponents, exactly, added and
/// requantized (eq. 8). Operands are int8/uint8 (the published residual) or int32
/// accumulators (the wide one); output is uint8 (ReLU) or int8.
struct Add {};

/// The largest code under the window; padding never wins. Keeps type and exponent.
struct MaxPool {
  int kernel = 3;
  int stride = 2;
  int padding = 1;
};

/// Every stride-th pixel between zero channels: output channel c is input channel
/// c - channels_before (the "option A" shortcut), requantized to the output's type (eq. 7):
/// a plain copy where that is the input's. The seed's flow brings such a shortcut to the
/// exponent of the other operand before the add.
struct SubsamplePad {
  int stride = 2;
  int channels_before = 0;
};

/// The mean over all pixels, requantized to the output's exponent (eq. 9).
struct GlobalAveragePool {};

/// A Conv2d of a [I][1][1] input whose output is its int32 accumulators: the logits.
/// weight: [O][I] int8; bias: [O] int32.
struct Linear {
  core::Tensor<std::int8_t> weight;
  std::vector<std::int32_t> bias;
  core::Exponent weight_exponent;
};

using Operation =
    std::variant<Input, Conv2d, Add, MaxPool, SubsamplePad, GlobalAveragePool, Linear>;

struct Node {
  std::string name;  ///< the float network's name of the convolution, add or pool
  std::string stage;
  std::vector<NodeId> inputs;
  Operation operation;
  Type output;
};

/// Node 0 is the only Input, the last node the output.
struct QGraph {
  std::vector<Node> nodes;
  /// One mode for every requantization; what an AIE kernel sets once per core.
  arith::Rounding rounding = arith::Rounding::kPositiveInf;

  NodeId output() const { return static_cast<NodeId>(nodes.size()) - 1; }
  const Type& input_type() const { return nodes.front().output; }
  const Type& output_type() const { return nodes.back().output; }
};

/// A lower-case word for the operation: "conv2d", "add", ...
std::string_view kind(const Operation& operation);

/// The exponent of a node's sum before it is requantized: e_w + e_x of a Conv2d or Linear,
/// the smaller operand's of an Add, the input's of anything else.
core::Exponent accumulator_exponent(const QGraph& graph, NodeId id);

/// The right shift from the node's sum to its output (eq. 3): 0 where nothing is requantized.
/// The shift of a GlobalAveragePool includes its divisor's (eq. 9).
core::Shift output_shift(const QGraph& graph, NodeId id);

/// Ids of the nodes that read each node's output.
std::vector<std::vector<NodeId>> consumers(const QGraph& graph);

/// Checks everything that the comments above promise: order, arity, shapes, element types,
/// exponents, and that no accumulator can leave 32 bits for any input (eq. 11). Throws Error
/// naming the node. Negative shifts are legal here; shifts above arith::kLargestShift or
/// below -31 are not.
void verify(const QGraph& graph);

/// The largest |sum| that any input can produce before requantization: max over output
/// channels of |b| + sum|w| * max|x| for a Conv2d or Linear, both aligned operands for an
/// Add (eq. 11).
std::int64_t accumulator_bound(const QGraph& graph, NodeId id);

}  // namespace shiftwise::qgraph
