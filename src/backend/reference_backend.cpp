// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>

#include "backend/backend.h"
#include "core/diagnostic.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "qgraph/quantize_input.h"
#include "qgraph/reference.h"

namespace shiftwise::backend {
namespace {

/// Codes as the outside has them to 32 bits each.
qgraph::Codes widened(qgraph::Element element, std::span<const std::byte> bytes) {
  qgraph::Codes codes;
  codes.reserve(bytes.size());
  for (const std::byte byte : bytes) {
    codes.push_back(element == qgraph::Element::kInt8 ? std::int32_t{static_cast<std::int8_t>(byte)}
                                                      : std::to_integer<std::int32_t>(byte));
  }
  return codes;
}

void narrow(qgraph::Element element, const qgraph::Codes& codes, std::span<std::byte> bytes) {
  if (element == qgraph::Element::kInt32) {
    std::memcpy(bytes.data(), codes.data(), bytes.size());
    return;
  }
  for (std::size_t i = 0; i < codes.size(); ++i) bytes[i] = static_cast<std::byte>(codes[i]);
}

class ReferenceExecutor : public Executor {
 public:
  explicit ReferenceExecutor(const qgraph::QGraph& graph) : graph_(graph) {
    qgraph::verify(graph_);
  }

  std::string describe() const override {
    const int threads = core::thread_limit();
    return fmt::format("reference, {} thread{}", threads, threads == 1 ? "" : "s");
  }

  std::size_t memory_bytes() const override { return 0; }

  void run(std::span<const std::byte> input, int images, std::span<std::byte> output,
           const Observer& observer) override {
    const qgraph::Type& in = graph_.input_type();
    const qgraph::Type& out = graph_.output_type();
    const auto in_bytes = static_cast<std::size_t>(in.shape.elements());
    const std::size_t out_bytes =
        static_cast<std::size_t>(out.shape.elements()) * qgraph::bytes_per_code(out.element);
    const auto count = static_cast<std::size_t>(images);
    core::expects(images >= 0 && input.size() == count * in_bytes,
                  "the input holds the given number of images");
    core::expects(output.size() == count * out_bytes,
                  "the output has room for the given number of images");
    core::parallel_for(images, [&](std::int64_t image) {
      core::check_interrupted();
      const auto i = static_cast<std::size_t>(image);
      const std::vector<qgraph::Codes> codes =
          qgraph::run_reference(graph_, widened(in.element, input.subspan(i * in_bytes, in_bytes)));
      narrow(out.element, codes.back(), output.subspan(i * out_bytes, out_bytes));
      if (!observer) return;
      for (std::size_t node = 0; node < codes.size(); ++node) {
        observer({static_cast<qgraph::NodeId>(node), static_cast<int>(image), 1, codes[node]});
      }
    });
  }

 private:
  qgraph::QGraph graph_;
};

}  // namespace

Backend reference_backend() {
  return {.name = "reference",
          .summary = "the readable executor that defines every bit; slow",
          .unavailable = [] { return std::string(); },
          .make = [](const qgraph::QGraph& graph) -> std::unique_ptr<Executor> {
            return std::make_unique<ReferenceExecutor>(graph);
          }};
}

}  // namespace shiftwise::backend
