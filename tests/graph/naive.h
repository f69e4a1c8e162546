// SPDX-License-Identifier: Apache-2.0
// The float network as direct loops in double precision: slow, and plain to read.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace shiftwise::graph {

/// One image's activation.
struct Naive {
  core::ImageShape shape;
  std::vector<double> values;

  explicit Naive(core::ImageShape s = {})
      : shape(s), values(static_cast<std::size_t>(s.elements())) {}
  double& at(int c, int y, int x) {
    return values[(static_cast<std::size_t>(c) * static_cast<std::size_t>(shape.height) +
                   static_cast<std::size_t>(y)) *
                      static_cast<std::size_t>(shape.width) +
                  static_cast<std::size_t>(x)];
  }
  double at(int c, int y, int x) const { return const_cast<Naive*>(this)->at(c, y, x); }
  bool inside(int y, int x) const {
    return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
  }
};

/// Calls f(c, y, x) for every output element.
template <typename F>
void for_each(const core::ImageShape& shape, F f) {
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) f(c, y, x);
    }
  }
}

inline void apply(const Input&, std::span<const Naive* const>, Naive&) {}

inline void apply(const Conv2d& op, std::span<const Naive* const> in, Naive& out) {
  const int k = op.kernel();
  for_each(out.shape, [&](int o, int y, int x) {
    double sum = op.bias.empty() ? 0.0 : op.bias[static_cast<std::size_t>(o)];
    for_each({op.inputs(), k, k}, [&](int i, int ky, int kx) {
      const int sy = y * op.stride + ky - op.padding;
      const int sx = x * op.stride + kx - op.padding;
      if (!in[0]->inside(sy, sx)) return;
      const int tap = ((o * op.inputs() + i) * k + ky) * k + kx;
      sum += in[0]->at(i, sy, sx) * op.weight.values[static_cast<std::size_t>(tap)];
    });
    out.at(o, y, x) = sum;
  });
}

inline void apply(const BatchNorm& op, std::span<const Naive* const> in, Naive& out) {
  for_each(out.shape, [&](int c, int y, int x) {
    const auto i = static_cast<std::size_t>(c);
    const double deviation = std::sqrt(double{op.variance[i]} + op.epsilon);
    out.at(c, y, x) = (in[0]->at(c, y, x) - op.mean[i]) / deviation * op.gamma[i] + op.beta[i];
  });
}

inline void apply(const Relu&, std::span<const Naive* const> in, Naive& out) {
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = std::fmax(in[0]->values[i], 0.0);
  }
}

inline void apply(const Add&, std::span<const Naive* const> in, Naive& out) {
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = in[0]->values[i] + in[1]->values[i];
  }
}

inline void apply(const MaxPool& op, std::span<const Naive* const> in, Naive& out) {
  for_each(out.shape, [&](int c, int y, int x) {
    double largest = -std::numeric_limits<double>::infinity();
    for_each({1, op.kernel, op.kernel}, [&](int, int ky, int kx) {
      const int sy = y * op.stride + ky - op.padding;
      const int sx = x * op.stride + kx - op.padding;
      if (in[0]->inside(sy, sx)) largest = std::fmax(largest, in[0]->at(c, sy, sx));
    });
    out.at(c, y, x) = largest;
  });
}

inline void apply(const SubsamplePad& op, std::span<const Naive* const> in, Naive& out) {
  for_each(out.shape, [&](int c, int y, int x) {
    const int source = c - op.channels_before;
    const bool real = source >= 0 && source < in[0]->shape.channels;
    out.at(c, y, x) = real ? in[0]->at(source, y * op.stride, x * op.stride) : 0.0;
  });
}

inline void apply(const GlobalAveragePool&, std::span<const Naive* const> in, Naive& out) {
  for_each(in[0]->shape, [&](int c, int y, int x) { out.at(c, 0, 0) += in[0]->at(c, y, x); });
  for (double& value : out.values) value /= in[0]->shape.height * in[0]->shape.width;
}

inline void apply(const Linear& op, std::span<const Naive* const> in, Naive& out) {
  for (std::size_t o = 0; o < out.values.size(); ++o) {
    out.values[o] = op.bias.empty() ? 0.0 : op.bias[o];
    const std::size_t inputs = in[0]->values.size();
    for (std::size_t i = 0; i < inputs; ++i) {
      out.values[o] += in[0]->values[i] * op.weight.values[o * inputs + i];
    }
  }
}

/// Every node's output for one image.
inline std::vector<Naive> run_naive(const Graph& graph, std::span<const float> image) {
  const std::vector<core::ImageShape> shapes = verify(graph);
  std::vector<Naive> outputs(shapes.begin(), shapes.end());
  outputs[0].values.assign(image.begin(), image.end());
  for (std::size_t id = 1; id < graph.nodes.size(); ++id) {
    std::vector<const Naive*> inputs;
    for (const NodeId input : graph.nodes[id].inputs) {
      inputs.push_back(&outputs[static_cast<std::size_t>(input)]);
    }
    std::visit([&](const auto& op) { apply(op, inputs, outputs[id]); }, graph.nodes[id].operation);
  }
  return outputs;
}

}  // namespace shiftwise::graph
