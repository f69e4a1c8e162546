// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "backend/backend.h"
#include "cli/array_options.h"

namespace shiftwise::cli {

/// What --check full needs, for executors that are made of `options` afterwards.
void prepare_checks(ArrayOptions& options);
/// Sentences on what the array was that ran on that backend, if it was another one, and on what
/// --check full could not check so far.
std::vector<std::string> array_notes(const std::string& backend, const ArrayOptions& options);

/// The executors of this program.
backend::Registry backends(const ArrayOptions& options = {});

/// The one of that name. Throws Error where there is none, or where it cannot run here.
backend::Backend find_backend(const std::string& name, const ArrayOptions& options = {});

/// Where a layer runs, and why there.
struct Placement {
  std::string layer;
  std::string where;
  std::string why;
};

/// What the backend of that name makes of a network.
struct Computed {
  /// What it computes, bit for bit: the network itself, except on an array whose kernels know
  /// no biases.
  qgraph::QGraph network;
  std::vector<Placement> placements;  ///< of every layer, on an array
  std::vector<std::string> warnings;
};
Computed computed_network(const std::string& name, const qgraph::QGraph& network,
                          const ArrayOptions& options);

}  // namespace shiftwise::cli
