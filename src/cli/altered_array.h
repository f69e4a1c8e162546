// SPDX-License-Identifier: Apache-2.0
// Options that ask what would be on another array: --array and --set.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <utility>
#include <vector>

namespace shiftwise::cli {

struct AlteredArray {
  std::string file;
  std::vector<std::string> settings;  ///< NAME=VALUE, after the file

  void declare(CLI::App& app, const std::string& group = "Options");
  /// What differs, by name (target::Facts). Throws Error for a file or a setting that says
  /// nothing, an unknown name and an absurd value.
  std::vector<std::pair<std::string, double>> facts() const;
  /// As on a command line, with a blank in front; empty where nothing was asked.
  std::string arguments() const;
  /// A sentence for a report, where the array is not the one of the name `target`.
  std::vector<std::string> notes(const std::string& target) const;
};

}  // namespace shiftwise::cli
