// SPDX-License-Identifier: Apache-2.0
// Everything that the accurate preset knows of what flows through the part.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "quant/calibrate.h"
#include "quant/histogram.h"
#include "quant/input_covariance.h"
#include "quant/input_moments.h"
#include "quant/plan.h"

namespace shiftwise::quant {

/// A histogram of every tensor that is quantized; moments and covariances of the inputs of
/// every layer with weights. What the slots of a batch collect is merged in their order, so
/// that the order of floating-point sums is fixed.
class PartStatistics : public Collector {
 public:
  /// branches: also what convolutions hand to an add.
  PartStatistics(const Part& part, bool branches);

  std::vector<graph::NodeId> observed() const;

  void batch_begins(int images) override;
  void see(int slot, graph::NodeId node, int images, std::span<const float> values) override;
  void batch_ends() override;

  const MagnitudeHistogram& histogram(graph::NodeId node) const {
    return total_.at(node).histogram;
  }
  const InputMoments& moments(graph::NodeId input, graph::NodeId layer) const {
    return total_.at(input).moments.at(layer);
  }
  const InputCovariance& covariance(graph::NodeId layer) const {
    return covariances_.at(layer).total;
  }

 private:
  /// Of one observed node: its histogram, and its moments for every layer that reads it.
  struct Tensor {
    MagnitudeHistogram histogram;
    std::map<graph::NodeId, InputMoments> moments;
  };
  /// Of one layer, and the rows that the slots of the present batch have chosen for it.
  struct Covariance {
    InputCovariance total;
    std::vector<std::vector<float>> rows;
  };

  std::map<graph::NodeId, Tensor> empty_;
  std::map<graph::NodeId, Tensor> total_;
  std::vector<std::map<graph::NodeId, Tensor>> slots_;
  std::map<graph::NodeId, Covariance> covariances_;
  std::int64_t first_image_ = 0;  ///< of the present batch
  std::int64_t batch_images_ = 0;
};

}  // namespace shiftwise::quant
