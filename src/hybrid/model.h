// SPDX-License-Identifier: Apache-2.0
// A quantized model as a whole: the float network, the part of it that runs in integers, and
// everything that somebody needs to run it on an image.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"
#include "qgraph/qgraph.h"

namespace shiftwise::hybrid {

/// A file that the model was made from: its name without folders, and its digest.
struct SourceFile {
  std::string name;
  std::string sha256;
  friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

/// How the model came to be. Holds neither paths nor times: the same inputs give the same
/// bytes wherever they lie.
struct Origin {
  std::string version;  ///< of shiftwise
  std::string preset;
  std::string offload;  ///< as graph::find_stages takes it
  SourceFile checkpoint;
  std::int64_t calibration_images = 0;
  std::vector<SourceFile> calibration_files;
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Model {
  graph::Graph network;  ///< the float network, with its batch norms
  graph::Range range;    ///< nodes of graph::fold_batch_norms(network) that `integers` replaces
  qgraph::QGraph integers;
  data::Normalization normalization;
  std::vector<std::string> class_names;  ///< empty where they are not known
  Origin origin;
};

/// The version of shiftwise that is running.
std::string_view version();

/// Checks that the parts fit each other: both networks are valid, the integer network's
/// input and output have the shapes of the range that it replaces, there are as many class
/// names as logits, and the normalisation can be divided by. Throws Error naming what does
/// not fit.
void verify(const Model& model);

}  // namespace shiftwise::hybrid
