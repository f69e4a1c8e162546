// SPDX-License-Identifier: Apache-2.0
// The published flow's choices: which tensors share a quantizer, and from which statistics
// its exponent comes (docs/numerics.md, section on the seed preset).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/diagnostic.h"
#include "quant/exponent.h"
#include "quant/percentile.h"
#include "quant/plan.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

/// Thresholds are divided by 256 for a ReLU of its own, by 128 otherwise.
constexpr int kUnsignedBits = 8;
constexpr int kSignedBits = 7;

/// One quantizer of the flow. Its statistic is the running mean over calls; the members are
/// called in node order, once each per batch.
struct Quantizer {
  std::set<NodeId> members;
  int bits = kSignedBits;
  float average = 0;
  int calls = 0;

  /// float32 step by step (eq. 18).
  void update(float value) {
    const auto seen = static_cast<float>(calls);
    ++calls;
    const auto all = static_cast<float>(calls);
    value = std::max(value, 1e-10F);
    average = calls == 1 ? value : average * (seen / all) + value / all;
  }
};

/// Who shares a quantizer: both operands of an add have one, signed; whatever else is
/// quantized has its own.
std::vector<Quantizer> find_quantizers(const Part& part) {
  std::vector<Quantizer> quantizers;
  std::set<NodeId> shared;
  for (NodeId id = part.range.first; id <= part.range.last; ++id) {
    if (!std::holds_alternative<graph::Add>(part.node(id).operation)) continue;
    Quantizer quantizer;
    for (const NodeId operand : part.node(id).inputs) {
      quantizer.members.insert(part.behind_pools(operand));
    }
    shared.insert(quantizer.members.begin(), quantizer.members.end());
    quantizers.push_back(std::move(quantizer));
  }
  for (NodeId id = part.border(); id <= part.range.last; ++id) {
    if (shared.contains(id)) continue;
    const graph::Operation& operation = part.node(id).operation;
    if (id == part.border() || std::holds_alternative<graph::GlobalAveragePool>(operation)) {
      quantizers.push_back({.members = {id}, .bits = kSignedBits});
    } else if (std::holds_alternative<graph::Relu>(operation)) {
      quantizers.push_back({.members = {id}, .bits = kUnsignedBits});
    }
  }
  std::ranges::sort(quantizers, {}, [](const Quantizer& q) { return *q.members.begin(); });
  return quantizers;
}

/// The percentile of every quantizer call, batch by batch.
class PercentileCollector : public Collector {
 public:
  PercentileCollector(const Part& part, std::vector<Quantizer>& quantizers)
      : quantizers_(quantizers) {
    for (const Quantizer& quantizer : quantizers) {
      for (const NodeId id : quantizer.members) {
        elements_[id] = part.shapes[static_cast<std::size_t>(id)].elements();
      }
    }
  }

  std::vector<NodeId> observed() const {
    std::vector<NodeId> nodes;
    for (const auto& [id, count] : elements_) nodes.push_back(id);
    return nodes;
  }

  bool any_order() const override { return true; }

  void batch_begins(int images) override {
    for (const auto& [id, count] : elements_) {
      const std::int64_t n = count * images;
      slots_[id].assign(kSlots, LargestMagnitudes(n - percentile_rank(n) + 1));
    }
  }

  void see(int slot, NodeId node, int, std::span<const float> values) override {
    slots_.at(node)[static_cast<std::size_t>(slot)].add(values);
  }

  void batch_ends() override {
    for (Quantizer& quantizer : quantizers_) {
      for (const NodeId id : quantizer.members) {
        std::vector<LargestMagnitudes>& slots = slots_.at(id);
        for (std::size_t i = 1; i < slots.size(); ++i) slots[0].merge(slots[i]);
        quantizer.update(slots[0].result());
      }
    }
  }

 private:
  std::vector<Quantizer>& quantizers_;
  std::map<NodeId, std::int64_t> elements_;
  std::map<NodeId, std::vector<LargestMagnitudes>> slots_;
};

void warn_if_ambiguous(const QuantizerReport& report, std::vector<std::string>& warnings) {
  if (report.margin >= 1e-5) return;
  warnings.push_back(fmt::format(
      "{}: the exponent {} is ambiguous: log2 of its threshold, {:.7f}, is within 1e-5 of an "
      "integer, so another machine's float arithmetic may choose the other one",
      report.name, report.exponent.value, report.log2_threshold));
}

void choose_activations(const Part& part, const std::vector<Quantizer>& quantizers, Plan& plan) {
  for (const Quantizer& quantizer : quantizers) {
    const NodeId first = *quantizer.members.begin();
    const core::Exponent exponent = exponent_for(quantizer.average, quantizer.bits);
    constexpr int kSmallestExponent = -33;  // below it the flow's scale is no power of two
    if (exponent.value < kSmallestExponent) {
      throw core::Error({.what = "an activation has no power-of-two scale",
                         .where = fmt::format("layer '{}'", part.node(first).name),
                         .why = "it is (almost) zero on every calibration image",
                         .hint = "use --preset accurate, or leave this stage in float"});
    }
    QuantizerReport report;
    for (const NodeId id : quantizer.members) {
      const bool relu = std::holds_alternative<graph::Relu>(part.node(id).operation);
      const auto element =
          relu && id != part.border() ? qgraph::Element::kUint8 : qgraph::Element::kInt8;
      plan.activations[id] = {element, exponent};
      if (id == first) {
        report = report_quantizer(part.node(id).name, "activation", element, exponent,
                                  quantizer.average);
      } else {
        report.members.push_back(part.node(id).name);
      }
    }
    warn_if_ambiguous(report, plan.warnings);
    plan.quantizers.push_back(std::move(report));
  }
}

void choose_weights(const Part& part, Plan& plan) {
  for (NodeId id = part.range.first; id <= part.range.last; ++id) {
    if (!has_weights(part.node(id).operation)) continue;
    const float threshold = weight_threshold(weight_of(part.node(id).operation).values);
    plan.weights[id] = exponent_for(threshold, kSignedBits);
    plan.quantizers.push_back(report_quantizer(part.node(id).name, "weight", qgraph::Element::kInt8,
                                               plan.weights[id], threshold));
    warn_if_ambiguous(plan.quantizers.back(), plan.warnings);
  }
}

}  // namespace

Plan plan_seed(const Part& part, const CalibrationData& data, core::Progress& progress) {
  std::vector<Quantizer> quantizers = find_quantizers(part);
  PercentileCollector collector(part, quantizers);
  stream(part.network, collector.observed(), data, collector, progress);
  Plan plan;
  choose_activations(part, quantizers, plan);
  choose_weights(part, plan);
  return plan;
}

}  // namespace shiftwise::quant
