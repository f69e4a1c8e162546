// SPDX-License-Identifier: Apache-2.0
#include "quant/measure.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <set>

#include "core/parallel.h"
#include "qgraph/quantize_input.h"
#include "qgraph/reference.h"

namespace shiftwise::quant {
namespace {

/// Energy of the float signal and of its difference to the integers' values.
struct Energy {
  double signal = 0;
  double noise = 0;

  double sqnr_db() const {
    if (noise == 0) return std::numeric_limits<double>::infinity();
    return signal == 0 ? 0 : 10 * std::log10(signal / noise);
  }
};

/// One image's counts and energies, by node of the integer network.
struct ImageMeasurement {
  std::vector<qgraph::RequantizeCounts> counts;
  std::vector<Energy> energies;
};

/// Keeps the float activations of one chunk per slot, which is all that a report needs.
class Recorder : public Collector {
 public:
  explicit Recorder(const Assembly& assembly) : assembly_(assembly), slots_(kSlots) {}

  void batch_begins(int) override {}
  void batch_ends() override {}

  void see(int slot, graph::NodeId node, int images, std::span<const float> values) override {
    auto& recorded = slots_[static_cast<std::size_t>(slot)];
    recorded[node].assign(values.begin(), values.end());
    if (recorded.size() < nodes().size()) return;
    auto& results = results_[static_cast<std::size_t>(slot)];
    results.resize(static_cast<std::size_t>(images));
    core::parallel_for(images, [&](std::int64_t image) {
      results[static_cast<std::size_t>(image)] = compare(recorded, static_cast<int>(image), images);
    });
    recorded.clear();
  }

  std::vector<graph::NodeId> nodes() const {
    const std::set<graph::NodeId> unique(assembly_.counterparts.begin(),
                                         assembly_.counterparts.end());
    return {unique.begin(), unique.end()};
  }

  /// All images' measurements added up, in image order.
  ImageMeasurement total() const {
    const std::size_t nodes = assembly_.network.nodes.size();
    ImageMeasurement sum{std::vector<qgraph::RequantizeCounts>(nodes), std::vector<Energy>(nodes)};
    for (const auto& slot : results_) {
      for (const ImageMeasurement& image : slot) {
        for (std::size_t i = 0; i < nodes; ++i) {
          sum.counts[i].values += image.counts[i].values;
          sum.counts[i].saturated_low += image.counts[i].saturated_low;
          sum.counts[i].saturated_high += image.counts[i].saturated_high;
          sum.counts[i].ties += image.counts[i].ties;
          sum.energies[i].signal += image.energies[i].signal;
          sum.energies[i].noise += image.energies[i].noise;
        }
      }
    }
    return sum;
  }

 private:
  using Recorded = std::map<graph::NodeId, std::vector<float>>;

  ImageMeasurement compare(const Recorded& recorded, int image, int images) const {
    const qgraph::QGraph& network = assembly_.network;
    const auto floats = [&](std::size_t i) {
      const std::vector<float>& all = recorded.at(assembly_.counterparts[i]);
      const std::size_t each = all.size() / static_cast<std::size_t>(images);
      return std::span(all).subspan(static_cast<std::size_t>(image) * each, each);
    };
    std::vector<std::byte> bytes(floats(0).size());
    qgraph::quantize_input(network.input_type(), floats(0), bytes);
    qgraph::Codes input(bytes.size());
    for (std::size_t i = 0; i < input.size(); ++i) {
      input[i] = network.input_type().element == qgraph::Element::kInt8
                     ? static_cast<std::int8_t>(bytes[i])
                     : static_cast<std::uint8_t>(bytes[i]);
    }
    ImageMeasurement result;
    const auto codes = qgraph::run_reference(network, input, result.counts);
    result.energies.resize(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const double scale = std::ldexp(1.0, network.nodes[i].output.exponent.value);
      const auto expected = floats(i);
      for (std::size_t k = 0; k < expected.size(); ++k) {
        const double difference = codes[i][k] * scale - expected[k];
        result.energies[i].signal += double{expected[k]} * expected[k];
        result.energies[i].noise += difference * difference;
      }
    }
    return result;
  }

  const Assembly& assembly_;
  std::vector<Recorded> slots_;
  std::vector<std::vector<ImageMeasurement>> results_{kSlots};
};

std::string shape_text(const qgraph::QGraph& network, const qgraph::Node& node) {
  const qgraph::Type& input = network.nodes[static_cast<std::size_t>(node.inputs[0])].output;
  std::string window;
  if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) {
    window = fmt::format(" {0}x{0}", conv->kernel());
    if (conv->stride != 1) window += fmt::format(" /{}", conv->stride);
  }
  return fmt::format("{} -> {}{}, {}x{}", input.shape.channels, node.output.shape.channels, window,
                     node.output.shape.height, node.output.shape.width);
}

/// Why an SRS unit cannot do this node's shift, if it cannot.
std::string refusal(int shift) {
  if (shift < 0) return fmt::format("shift {}: the SRS unit has no left shift", shift);
  if (shift > arith::kLargestShift) {
    return fmt::format("shift {}: the SRS unit shifts by {} at most", shift, arith::kLargestShift);
  }
  return {};
}

LayerReport describe(const qgraph::QGraph& network, qgraph::NodeId id,
                     const qgraph::RequantizeCounts& counts, const Energy& energy) {
  const qgraph::Node& node = network.nodes[static_cast<std::size_t>(id)];
  const auto exponent_of_input = [&](std::size_t i) {
    return network.nodes[static_cast<std::size_t>(node.inputs[i])].output.exponent.value;
  };
  LayerReport report{.name = node.name,
                     .stage = node.stage,
                     .kind = std::string(qgraph::kind(node.operation)),
                     .shape = shape_text(network, node),
                     .e_x = exponent_of_input(0),
                     .e_out = node.output.exponent.value,
                     .shift = qgraph::output_shift(network, id).value,
                     .requantizes = counts.values > 0,
                     .output = std::string(qgraph::to_string(node.output.element)),
                     .values = counts.values,
                     .ties = counts.ties,
                     .sqnr_db = energy.sqnr_db()};
  if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) {
    report.e_w = conv->weight_exponent.value;
  } else if (const auto* linear = std::get_if<qgraph::Linear>(&node.operation)) {
    report.e_w = linear->weight_exponent.value;
  } else if (std::holds_alternative<qgraph::Add>(node.operation)) {
    report.e_skip = exponent_of_input(1);
  }
  const std::int64_t bound = std::max<std::int64_t>(qgraph::accumulator_bound(network, id), 1);
  report.headroom_bits = 31 - std::log2(static_cast<double>(bound));
  const bool relu = node.output.element == qgraph::Element::kUint8;
  report.saturated = counts.saturated_high + (relu ? 0 : counts.saturated_low);
  report.refusal = refusal(report.shift);
  return report;
}

}  // namespace

Measurement measure(const Part& part, const Assembly& assembly, const CalibrationData& data) {
  Recorder recorder(assembly);
  stream(part.network, recorder.nodes(), data, recorder, core::silent_progress());
  const ImageMeasurement total = recorder.total();
  Measurement result;
  for (std::size_t i = 1; i < assembly.network.nodes.size(); ++i) {
    result.layers.push_back(describe(assembly.network, static_cast<qgraph::NodeId>(i),
                                     total.counts[i], total.energies[i]));
  }
  result.output_sqnr_db = total.energies.back().sqnr_db();
  return result;
}

}  // namespace shiftwise::quant
