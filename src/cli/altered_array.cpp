// SPDX-License-Identifier: Apache-2.0
#include "cli/altered_array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "core/diagnostic.h"
#ifdef SHIFTWISE_NPU
#include "target/facts.h"
#endif

namespace shiftwise::cli {

void AlteredArray::declare(CLI::App& app, const std::string& group) {
  app.add_option("--array", file, "A JSON file with numbers of the array that differ")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--set", settings, "A number of the array, as NAME=VALUE: compute.dma_channels=1")
      ->type_name("NAME=VALUE")
      ->delimiter(',')
      ->group(group);
}

#ifdef SHIFTWISE_NPU

std::vector<std::pair<std::string, double>> AlteredArray::facts() const {
  target::Facts result;
  if (!file.empty()) result = target::read_facts(file);
  for (const std::string& setting : settings) {
    const auto equals = setting.find('=');
    double value = 0;
    if (equals == std::string::npos ||
        !CLI::detail::lexical_cast(setting.substr(equals + 1), value)) {
      throw core::Error({.what = fmt::format("--set '{}' is not NAME=NUMBER", setting)});
    }
    result.emplace_back(setting.substr(0, equals), value);
  }
  target::require_facts(result);
  return result;
}

std::vector<std::string> AlteredArray::notes(const std::string& target) const {
  const std::vector<std::string> differing = target::differences(target, facts());
  if (differing.empty()) return {};
  return {fmt::format("this is not {} as it is: {}", target, fmt::join(differing, ", "))};
}

#else

std::vector<std::pair<std::string, double>> AlteredArray::facts() const { return {}; }
std::vector<std::string> AlteredArray::notes(const std::string&) const { return {}; }

#endif

std::string AlteredArray::arguments() const {
  std::string result;
  if (!file.empty()) result += " --array " + file;
  for (const std::string& setting : settings) result += " --set " + setting;
  return result;
}

}  // namespace shiftwise::cli
