// SPDX-License-Identifier: Apache-2.0
// A quantized network of which a part runs on an array and the rest elsewhere.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backend/backend.h"
#include "lower/compile.h"
#include "offload/array_device.h"

namespace shiftwise::offload {

/// Makes a device that holds the design. Called once for every thread that runs images.
using MakeDevice = std::function<std::unique_ptr<ArrayDevice>(const lower::Design&)>;

/// A kind of array as a backend. Its executors cut a network with lower::split, run the part
/// that fits on devices from `make_device` (one per thread), and the layers before and behind
/// it on `rest`, in the same integers. They show their output only.
struct ArrayBackend {
  std::string name;
  std::string summary;  ///< one line for `doctor`
  std::function<std::string()> unavailable;
  lower::Options options;
  MakeDevice make_device;
  backend::Backend rest;
};
backend::Backend array_backend(ArrayBackend parts);

/// The network that an executor of `split` computes, bit for bit: `network` itself, except for
/// biases that the design's kernel ABI drops.
qgraph::QGraph computed_network(const qgraph::QGraph& network, const lower::Split& split);

}  // namespace shiftwise::offload
