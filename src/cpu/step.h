// SPDX-License-Identifier: Apache-2.0
// One step of a compiled network: reads tensors, writes one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cpu/kernels.h"
#include "cpu/layout.h"
#include "qgraph/qgraph.h"

namespace shiftwise::cpu {

using TensorId = int;

/// Where the tensors of one image are while a step runs.
class Images {
 public:
  virtual ~Images() = default;
  virtual std::uint8_t* image(TensorId tensor) const = 0;
};

class Step {
 public:
  virtual ~Step() = default;

  std::string name;  ///< of the nodes that it computes
  std::vector<TensorId> reads;
  TensorId writes = 0;
  TensorId may_overwrite = -1;   ///< which of `reads` may lie where the output goes, byte for byte
  std::int64_t macs = 0;         ///< for one image
  std::size_t weight_bytes = 0;  ///< packed

  /// Into how many independent parts one image's work is cut for `threads` threads.
  virtual int parts(int threads) const = 0;
  /// Makes part `part` of `parts` of the output.
  virtual void run(const Images& images, int part, int parts) const = 0;
};

/// What a convolution step is made from. Every requantization in it is one that the kernels
/// can do in 32 bits (see fits_kernels in plan.cpp).
struct ConvolutionPlan {
  /// One operand of the sum: a convolution's weights and the tensor it reads.
  struct Term {
    const core::Tensor<std::int8_t>* weight = nullptr;  ///< [O][I][K][K] or [O][I]
    const std::vector<std::int32_t>* bias = nullptr;
    int stride = 1;
    int padding = 0;
    TensorId input = 0;
    Layout layout;
    int lead = 0;  ///< left shift before it is added
  };
  std::vector<Term> terms;  ///< one or two

  /// The published residual requantizes the branch before the add.
  bool inner = false;
  qgraph::Element inner_element = qgraph::Element::kInt8;
  int inner_shift = 0;
  int inner_lead = 0;

  TensorId skip = -1;  ///< an 8-bit operand of the add, or -1
  Layout skip_layout;
  int skip_lead = 0;

  int shift = 0;  ///< 0 where the output is int32
  bool to_even = false;
  TensorId output = 0;
  Layout output_layout;
};

std::unique_ptr<Step> make_convolution(const ConvolutionPlan& plan, const Kernels& kernels);

/// Whether make_winograd can make the step, and it pays. bound: of its sums, with the half and the
/// 128 of a stored int8 code.
bool fits_winograd(const ConvolutionPlan& plan, const Kernels& kernels, std::int64_t bound);
std::unique_ptr<Step> make_winograd(const ConvolutionPlan& plan, const Kernels& kernels);

/// The steps that are not worth a vector kernel. Layouts in the order of the node's inputs.
std::unique_ptr<Step> make_requantize(const qgraph::QGraph& graph, qgraph::NodeId node,
                                      const Layout& from, const Layout& to);
std::unique_ptr<Step> make_add(const qgraph::QGraph& graph, qgraph::NodeId node, const Layout& a,
                               const Layout& b, const Layout& to);
std::unique_ptr<Step> make_max_pool(const qgraph::MaxPool& pool, const Layout& from,
                                    const Layout& to);
std::unique_ptr<Step> make_subsample_pad(const qgraph::QGraph& graph, qgraph::NodeId node,
                                         const Layout& from, const Layout& to);
std::unique_ptr<Step> make_average_pool(const qgraph::QGraph& graph, qgraph::NodeId node,
                                        const Layout& from, const Layout& to);

/// The bounds of part `part` of `parts` nearly equal pieces of 0 .. count.
struct Range {
  int first = 0;
  int last = 0;
};
inline Range piece(int count, int part, int parts) {
  return {static_cast<int>(std::int64_t{count} * part / parts),
          static_cast<int>(std::int64_t{count} * (part + 1) / parts)};
}

}  // namespace shiftwise::cpu
