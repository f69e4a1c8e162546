// SPDX-License-Identifier: Apache-2.0
// Predicted times beside what was measured on silicon.
#pragma once

#include <string>
#include <vector>

namespace shiftwise::fidelity {

enum class Role {
  kFitted,   ///< a constant of the model was chosen by this figure
  kChecked,  ///< not fitted, and not independent of a row that is
  kHeldOut,  ///< the model knows nothing of it
};

struct Row {
  std::string what;
  std::string unit;
  Role role = Role::kHeldOut;
  double measured = 0;
  double predicted = 0;
  std::string source;         ///< of the measurement
  std::string constant = {};  ///< fitted rows: what was fitted to it

  /// (predicted - measured) / measured.
  double error() const { return predicted / measured - 1; }
};

/// Every figure of published measurements that the model is compared with. Simulates them.
std::vector<Row> table();

/// Empty, or what is wrong with a table: a fitted row without its constant, a constant fitted
/// by a row that is also held out, nothing held out, an error beyond `tolerance` on a row.
std::string fault(const std::vector<Row>& rows, double tolerance);

}  // namespace shiftwise::fidelity
