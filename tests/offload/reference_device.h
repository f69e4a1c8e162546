// SPDX-License-Identifier: Apache-2.0
// A device that needs no design: it computes what the design promises with the reference.
#pragma once

#include <vector>

#include "offload/executor.h"
#include "qgraph/reference.h"

namespace shiftwise::tests {

class ReferenceDevice : public offload::ArrayDevice {
 public:
  explicit ReferenceDevice(lower::Design design) : design_(std::move(design)) {}
  std::string describe() const override { return "reference device"; }
  std::size_t memory_bytes() const override { return 1000; }

  void run(std::span<const std::span<std::byte>> arguments) override {
    for (int i = 0; i < design_.images; ++i) {
      const auto in = static_cast<std::size_t>(design_.input.image_bytes());
      const auto out = static_cast<std::size_t>(design_.output.image_bytes());
      std::vector<std::byte> codes(static_cast<std::size_t>(design_.input.shape.elements()));
      design_.input.unpack(arguments[0].subspan(static_cast<std::size_t>(i) * in, in), codes);
      std::vector<std::int32_t> wide;
      for (const std::byte code : codes) {
        wide.push_back(design_.input.element == qgraph::Element::kInt8
                           ? std::int32_t{static_cast<std::int8_t>(code)}
                           : std::to_integer<std::int32_t>(code));
      }
      std::vector<std::byte> result;
      const std::vector<qgraph::Codes> nodes = qgraph::run_reference(design_.reference, wide);
      for (const std::int32_t code : nodes.back()) {
        result.push_back(static_cast<std::byte>(code));
      }
      design_.output.pack(result, arguments[2].subspan(static_cast<std::size_t>(i) * out, out));
    }
  }

 private:
  lower::Design design_;
};

inline backend::Backend reference_array(const lower::Options& options, backend::Backend rest) {
  return offload::array_backend(
      {.name = "array",
       .summary = "for tests",
       .unavailable = [] { return std::string(); },
       .options = options,
       .make_device =
           [](const lower::Design& design) { return std::make_unique<ReferenceDevice>(design); },
       .rest = std::move(rest)});
}

}  // namespace shiftwise::tests
