// SPDX-License-Identifier: Apache-2.0
// From a float network and calibration images to a quantized network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/progress.h"
#include "data/dataset.h"
#include "graph/graph.h"
#include "qgraph/qgraph.h"

namespace shiftwise::quant {

enum class Preset {
  kSeed,      ///< the published Brevitas flow, the same integers
  kAccurate,  ///< unsigned input, error-minimizing exponents and rounding, wide residual
};

/// How the accurate preset adds a block's branch to its skip (docs/numerics.md, eq. 8).
enum class Residual {
  kWide,       ///< accumulators, one rounding
  kPublished,  ///< 8-bit codes of one exponent: what mlir-aie's kernels add
};

struct Options {
  Preset preset = Preset::kAccurate;
  Residual residual = Residual::kWide;  ///< kSeed always has the published one
  std::string offload = "conv2_x";      ///< as graph::find_stages takes it
  arith::Rounding rounding = arith::Rounding::kPositiveInf;
  std::int64_t calibration_images = 256;  ///< the first so many of the dataset (or all)
  /// Images of which the report counts saturations and ties and measures SQNR; 0: as many as
  /// a fixed amount of work allows, at least two.
  std::int64_t report_images = 0;
};

/// One activation quantizer (or weight tensor) and how sure its exponent is.
struct QuantizerReport {
  std::string name;                  ///< the node whose output it quantizes
  std::vector<std::string> members;  ///< every node that shares it
  std::string kind;                  ///< "activation" or "weight"
  std::string element;               ///< "int8", "uint8"
  core::Exponent exponent;
  double threshold = 0;       ///< what the exponent was made from
  double log2_threshold = 0;  ///< its logarithm
  double margin = 0;          ///< distance of that from the nearest integer
};

/// One integer operation in hardware terms.
struct LayerReport {
  std::string name;
  std::string stage;
  std::string kind;
  std::string shape;  ///< "64 -> 256, 1x1, 32x32"
  int e_x = 0;
  int e_w = 0;     ///< convolutions and linear only
  int e_skip = 0;  ///< adds only: exponent of the second operand
  int e_out = 0;
  int shift = 0;               ///< the combined scale: what goes into the SRS unit
  bool requantizes = true;     ///< false where the output is an accumulator or a copy
  std::string output;          ///< "uint8", "int8", "int32"
  double headroom_bits = 0;    ///< 31 - log2(largest |sum| that any input can produce)
  std::int64_t values = 0;     ///< over report_images
  std::int64_t saturated = 0;  ///< above the range, or below it where that is no ReLU
  std::int64_t ties = 0;
  double sqnr_db = 0;  ///< against the float network; infinite if exact
  /// Empty, or why the hardware cannot do it ("shift -1: the SRS unit has no left shift").
  std::string refusal = {};
};

struct Result {
  qgraph::QGraph network;
  graph::Range range;  ///< the nodes of the folded float network that it replaces
  std::vector<QuantizerReport> quantizers;
  std::vector<LayerReport> layers;
  std::vector<std::string> warnings;  ///< ambiguous exponents and the like, a sentence each
  std::int64_t calibration_images = 0;
  std::int64_t report_images = 0;
  double output_sqnr_db = 0;  ///< of the quantized part's output
};

/// Runs the whole flow. `network` has its batch norms. The result does not depend on the
/// number of threads. Only the layers up to the end of the quantized part are run, and only
/// `calibration` is read. Throws Error naming the layer where something cannot be quantized.
Result quantize(const graph::Graph& network, const data::Dataset& calibration,
                const data::Normalization& normalization, const Options& options,
                core::Progress& progress);

}  // namespace shiftwise::quant
