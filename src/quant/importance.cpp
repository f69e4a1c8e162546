// SPDX-License-Identifier: Apache-2.0
#include "quant/importance.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

/// Carries the importance of one node's output back to its inputs.
class Backward {
 public:
  Backward(const Part& part, const std::map<NodeId, ChannelProfile>& profiles)
      : part_(part), profiles_(profiles) {}

  Importance run() {
    for (NodeId id = part_.border(); id <= part_.range.last; ++id) {
      result_[id].resize(static_cast<std::size_t>(shape(id).channels));
    }
    const core::ImageShape& output = shape(part_.range.last);
    result_[part_.range.last].assign(result_[part_.range.last].size(),
                                     static_cast<double>(output.height) * output.width);
    for (id_ = part_.range.last; id_ >= part_.range.first; --id_) {
      std::visit(*this, part_.node(id_).operation);
    }
    return std::move(result_);
  }

  void operator()(const graph::Conv2d& conv) { weighted(conv.weight); }
  void operator()(const graph::Linear& linear) { weighted(linear.weight); }

  void operator()(const graph::Relu&) {
    const std::vector<double>& active = profiles_.at(id_).active;
    pass([&](std::size_t c) { return active[c]; });
  }

  void operator()(const graph::GlobalAveragePool&) {
    const core::ImageShape& in = shape(part_.node(id_).inputs[0]);
    pass([&](std::size_t) { return 1.0 / (static_cast<double>(in.height) * in.width); });
  }

  void operator()(const graph::SubsamplePad& pad) {
    std::vector<double>& in = result_[part_.node(id_).inputs[0]];
    for (std::size_t c = 0; c < in.size(); ++c) {
      in[c] += result_[id_][c + static_cast<std::size_t>(pad.channels_before)];
    }
  }

  /// Adds and max pools hand errors on as they are.
  template <typename Other>
  void operator()(const Other&) {
    pass([](std::size_t) { return 1.0; });
  }

 private:
  template <typename Factor>
  void pass(const Factor& factor) {
    for (const NodeId input : part_.node(id_).inputs) {
      std::vector<double>& in = result_[input];
      for (std::size_t c = 0; c < in.size(); ++c) in[c] += result_[id_][c] * factor(c);
    }
  }

  void weighted(const core::Tensor<float>& weight) {
    std::vector<double>& in = result_[part_.node(id_).inputs[0]];
    const std::vector<double>& out = result_[id_];
    for_each_energy(weight,
                    [&](std::size_t o, std::size_t i, double energy) { in[i] += out[o] * energy; });
  }

  const core::ImageShape& shape(NodeId id) const {
    return part_.shapes[static_cast<std::size_t>(id)];
  }

  const Part& part_;
  const std::map<NodeId, ChannelProfile>& profiles_;
  Importance result_;
  NodeId id_ = 0;
};

}  // namespace

Importance find_importance(const Part& part, const std::map<NodeId, ChannelProfile>& profiles) {
  return Backward(part, profiles).run();
}

}  // namespace shiftwise::quant
