// SPDX-License-Identifier: Apache-2.0
// A quantized network to a design: the text of a module, and everything that a host needs
// to run it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lower/layout.h"
#include "qgraph/qgraph.h"
#include "target/device.h"

namespace shiftwise::lower {

/// How work is laid out on the array.
enum class Mapping {
  kPublished,  ///< one residual block in each column, as mlir-aie's conv2_x example
  kBalanced,   ///< every tile the same share, from the bounds of the device
};

/// Which kernels the cores call.
enum class KernelAbi {
  kOwn,      ///< kernels/aie2: bias, both residuals, any exponents
  kMlirAie,  ///< the signatures of mlir-aie's conv2dk1 and its relatives
};

Mapping parse_mapping(const std::string& name);       ///< "published", "balanced"
KernelAbi parse_kernel_abi(const std::string& name);  ///< "own", "mlir-aie"
std::string_view name(Mapping mapping);
std::string_view name(KernelAbi abi);

struct Options {
  target::Device device;
  Mapping mapping = Mapping::kPublished;
  KernelAbi kernel_abi = KernelAbi::kOwn;
  /// What one run of the host sequence takes: weights are streamed once for all of them.
  int images = 1;
};

/// Where a layer runs, and why there.
struct Assignment {
  std::string layer;
  std::string where;  ///< "tile (0, 2)", "tiles (0, 3), (0, 5)", "cpu"
  std::string why;
};

/// What stands where in the blob of weights.
struct WeightEntry {
  std::string layer;
  std::string slice;     ///< "weight", "bias"; of a part of the output channels "weight 0..31"
  std::string consumer;  ///< the tiles that receive it
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
};

/// A run-time parameter that the sequence writes before the first image.
struct RuntimeParameter {
  std::string layer;
  std::string buffer;  ///< the symbol of the buffer
  int word = 0;
  std::string meaning;  ///< "shift", "in_width", ...
  std::int32_t value = 0;
};

/// A kernel that the cores call.
struct KernelUse {
  std::string symbol;                ///< as the design calls it
  std::string source;                ///< the file of kernels/aie2, or of mlir-aie
  std::string object;                ///< what the design links: "sw_conv1x1_u8_u8.o"
  std::vector<std::string> defines;  ///< for the compiler
};

/// What a tile is given to do and to hold, and the bounds that follow. "Per image" is per image
/// that passes the tile: of several copies of a pipeline, each takes its share of the images.
struct TileLoad {
  core::TileId tile;
  std::vector<std::string> layers;
  std::int64_t memory_bytes = 0;
  std::int64_t macs_per_image = 0;
  std::int64_t mac_cycles_per_image = 0;  ///< at every issue slot of the device
  /// Of its kernel calls, by target/kernel_cost.h; empty where one has no cost.
  std::optional<std::int64_t> kernel_cycles_per_image = {};
  std::int64_t stream_words_in_per_image = 0;  ///< of the busiest channel
  std::int64_t stream_words_out_per_image = 0;
};

struct Design {
  std::string text;      ///< the module
  std::string device;    ///< "npu1_3col": the smallest that holds it
  std::string sequence;  ///< its runtime sequence; arguments: input, weights, output
  int images = 1;
  int copies = 1;                  ///< of the pipeline
  ActivationLayout input;          ///< of each image in the first argument
  ActivationLayout output;         ///< of each image in the third
  std::vector<std::byte> weights;  ///< the second argument
  std::vector<WeightEntry> weight_table;
  std::vector<RuntimeParameter> parameters;
  std::vector<KernelUse> kernels;
  std::vector<TileLoad> tiles;
  std::vector<Assignment> assignments;
  std::vector<std::string> notes;     ///< why the planner chose what it chose
  std::vector<std::string> warnings;  ///< what the result is not
  /// What the design computes, bit for bit: the network that was given, except for biases
  /// that an ABI does not have.
  qgraph::QGraph reference;
};

/// Throws Error where the network cannot run on this device with these options as a whole,
/// naming layer, tile, bytes and reason.
Design compile(const qgraph::QGraph& network, const Options& options);

/// A network cut into what runs before the array, on it, and after it.
struct Split {
  std::optional<qgraph::QGraph> before;  ///< empty: the array takes the network's input
  Design design;
  std::optional<qgraph::QGraph> after;
  std::vector<Assignment> assignments;  ///< of every layer, in the network's order
};

/// The run of layers with the most multiplications that fits as one design, and what is
/// left. Throws Error where nothing fits, with every reason.
Split split(const qgraph::QGraph& network, const Options& options);

}  // namespace shiftwise::lower
