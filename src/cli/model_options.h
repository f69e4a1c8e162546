// SPDX-License-Identifier: Apache-2.0
// The options of every verb that reads a checkpoint: what a person may know better than the
// file.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/load.h"

namespace shiftwise::cli {

class ModelOptions {
 public:
  void declare(CLI::App& app);

  /// The options as the reader takes them. Throws Error (usage) for text that is no list.
  model::Overrides overrides() const;

  struct Pixels {
    data::Normalization normalization;
    std::string origin;  ///< "--mean/--std", "the checkpoint", "default"
  };
  Pixels pixels(const model::Description& description) const;

  struct Labels {
    std::vector<std::string> names;
    std::string origin;  ///< "--labels", "the checkpoint", or empty
  };
  /// Throws Error where there are not as many names as classes.
  Labels labels(const model::Description& description) const;

 private:
  std::string strides_;
  std::string input_size_;
  std::optional<int> stem_stride_;
  std::string stem_pool_;
  std::optional<float> epsilon_;
  std::string mean_;
  std::string std_;
  std::string labels_;
};

}  // namespace shiftwise::cli
