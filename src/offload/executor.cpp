// SPDX-License-Identifier: Apache-2.0
#include "offload/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "core/diagnostic.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "qgraph/quantize_input.h"

namespace shiftwise::offload {
namespace {

std::size_t input_bytes(const qgraph::QGraph& graph) {
  return static_cast<std::size_t>(graph.input_type().shape.elements());
}

std::size_t output_bytes(const qgraph::QGraph& graph) {
  const qgraph::Type& type = graph.output_type();
  return static_cast<std::size_t>(type.shape.elements()) * qgraph::bytes_per_code(type.element);
}

/// The part on the array: packs images, runs sequences side by side, unpacks.
class Array {
 public:
  Array(lower::Design design, const MakeDevice& make) : design_(std::move(design)) {
    for (int i = 0; i < std::max(1, core::thread_limit()); ++i) {
      devices_.push_back(make(design_));
    }
  }

  std::string describe() const { return devices_.front()->describe(); }

  std::size_t memory_bytes() const {
    std::size_t bytes = design_.weights.size();
    for (const auto& device : devices_) bytes += device->memory_bytes();
    return bytes;
  }

  void run(std::span<const std::byte> input, int images, std::span<std::byte> output) {
    const int per_run = design_.images;
    const int runs = (images + per_run - 1) / per_run;
    const auto lanes = std::min<std::int64_t>(static_cast<std::int64_t>(devices_.size()), runs);
    core::parallel_for(lanes, [&](std::int64_t lane) {
      for (auto i = static_cast<int>(lane); i < runs; i += static_cast<int>(lanes)) {
        core::check_interrupted();
        const int first = i * per_run;
        run_once(*devices_[static_cast<std::size_t>(lane)], input, output, first,
                 std::min(per_run, images - first));
      }
    });
  }

 private:
  /// One run of the sequence. It always takes the same number of images: those that are
  /// missing are zeros, and what comes out for them is dropped.
  void run_once(ArrayDevice& device, std::span<const std::byte> input, std::span<std::byte> output,
                int first, int images) {
    const auto in_codes = static_cast<std::size_t>(design_.input.shape.elements());
    const auto out_codes = static_cast<std::size_t>(design_.output.shape.elements());
    const auto in_packed = static_cast<std::size_t>(design_.input.image_bytes());
    const auto out_packed = static_cast<std::size_t>(design_.output.image_bytes());
    const auto per_run = static_cast<std::size_t>(design_.images);
    std::vector<std::byte> packed_input(in_packed * per_run);
    std::vector<std::byte> packed_output(out_packed * per_run);
    std::vector<std::byte> weights = design_.weights;
    const auto begin = static_cast<std::size_t>(first);
    const auto count = static_cast<std::size_t>(images);
    for (std::size_t i = 0; i < count; ++i) {
      design_.input.pack(input.subspan((begin + i) * in_codes, in_codes),
                         std::span(packed_input).subspan(i * in_packed, in_packed));
    }
    const std::span<std::byte> arguments[] = {packed_input, weights, packed_output};
    device.run(arguments);
    for (std::size_t i = 0; i < count; ++i) {
      design_.output.unpack(std::span(packed_output).subspan(i * out_packed, out_packed),
                            output.subspan((begin + i) * out_codes, out_codes));
    }
  }

  lower::Design design_;
  std::vector<std::unique_ptr<ArrayDevice>> devices_;
};

class ArrayExecutor : public backend::Executor {
 public:
  ArrayExecutor(lower::Split split, const MakeDevice& make, const backend::Backend& rest)
      : before_(std::move(split.before)),
        after_(std::move(split.after)),
        middle_input_(static_cast<std::size_t>(split.design.input.shape.elements())),
        middle_output_(static_cast<std::size_t>(split.design.output.shape.elements())),
        array_(std::move(split.design), make) {
    if (before_) before_executor_ = rest.make(*before_);
    if (after_) after_executor_ = rest.make(*after_);
  }

  std::string describe() const override {
    std::string text = array_.describe();
    if (before_executor_ || after_executor_) {
      text += fmt::format("; other layers on {}",
                          (before_executor_ ? before_executor_ : after_executor_)->describe());
    }
    return text;
  }

  std::size_t memory_bytes() const override {
    std::size_t bytes = array_.memory_bytes();
    if (before_executor_) bytes += before_executor_->memory_bytes();
    if (after_executor_) bytes += after_executor_->memory_bytes();
    return bytes;
  }

  bool shows_nodes() const override { return false; }

  void run(std::span<const std::byte> input, int images, std::span<std::byte> output,
           const backend::Observer&) override {
    const auto count = static_cast<std::size_t>(images);
    const std::size_t in = before_ ? input_bytes(*before_) : middle_input_;
    const std::size_t out = after_ ? output_bytes(*after_) : middle_output_;
    core::expects(images >= 0 && input.size() == count * in,
                  "the input holds the given number of images");
    core::expects(output.size() == count * out,
                  "the output has room for the given number of images");
    std::vector<std::byte> entering;
    if (before_executor_) {
      entering.resize(count * middle_input_);
      before_executor_->run(input, images, entering);
      input = entering;
    }
    if (!after_executor_) {
      array_.run(input, images, output);
      return;
    }
    std::vector<std::byte> leaving(count * middle_output_);
    array_.run(input, images, leaving);
    after_executor_->run(leaving, images, output);
  }

 private:
  std::optional<qgraph::QGraph> before_;
  std::optional<qgraph::QGraph> after_;
  std::size_t middle_input_;   ///< bytes per image into the array's part
  std::size_t middle_output_;  ///< and out of it
  Array array_;
  std::unique_ptr<backend::Executor> before_executor_;
  std::unique_ptr<backend::Executor> after_executor_;
};

}  // namespace

backend::Backend array_backend(ArrayBackend parts) {
  backend::Backend result{
      .name = parts.name, .summary = parts.summary, .unavailable = parts.unavailable, .make = {}};
  result.make = [parts = std::move(parts)](const qgraph::QGraph& network) {
    return std::make_unique<ArrayExecutor>(lower::split(network, parts.options), parts.make_device,
                                           parts.rest);
  };
  return result;
}

qgraph::QGraph computed_network(const qgraph::QGraph& network, const lower::Split& split) {
  std::map<std::string, const qgraph::Node*> on_array;
  for (const qgraph::Node& node : split.design.reference.nodes) on_array[node.name] = &node;
  qgraph::QGraph result = network;
  for (qgraph::Node& node : result.nodes) {
    const auto found = on_array.find(node.name);
    if (found == on_array.end() ||
        std::holds_alternative<qgraph::Input>(found->second->operation)) {
      continue;
    }
    node.operation = found->second->operation;
  }
  return result;
}

}  // namespace shiftwise::offload
