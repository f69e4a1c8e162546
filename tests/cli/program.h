// SPDX-License-Identifier: Apache-2.0
// Runs the real program as a person would, and small inputs for it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace shiftwise::cli {

struct Outcome {
  int code = -1;  ///< the exit code, or -1 where a signal ended it
  std::string out;
  std::string err;

  nlohmann::ordered_json json() const { return nlohmann::ordered_json::parse(out); }
};

using Arguments = std::vector<std::string>;

struct Surroundings {
  std::map<std::string, std::string> environment = {};  ///< added to a bare one
  std::uint64_t largest_file_bytes = 0;                 ///< 0: no limit
  std::uint64_t memory_bytes = 0;                       ///< of address space; 0: no limit
  std::string output_file = {};                         ///< standard output goes there
  bool closed_output = false;                           ///< nobody reads standard output
  std::filesystem::path folder = {};                    ///< where it runs
  /// Called with its process id while it runs.
  std::function<void(int)> meanwhile = {};
};

Outcome shiftwise(const Arguments& arguments, const Surroundings& surroundings = {});
/// Any other program, by absolute path.
Outcome run_program(const std::string& program, const Arguments& arguments,
                    const Surroundings& surroundings = {});

/// A trained CIFAR-10 ResNet-20, half a megabyte.
std::string small_network();
/// The sample in the repository: 256 training and 1000 test images.
std::string sample_data();

/// Every field of a JSON, with dots between and [] for lists: "layers[].name".
std::vector<std::string> fields(const nlohmann::ordered_json& json);
/// Every field that one of several has; where one has "a" (a null) and another "a.b", only "a.b".
std::vector<std::string> fields_of_any(const std::vector<nlohmann::ordered_json>& several);

/// The fields that docs/tools/<verb>.md promises: the first word in backticks of each row of
/// the table below "## JSON".
std::vector<std::string> documented_fields(const std::string& verb);

}  // namespace shiftwise::cli
