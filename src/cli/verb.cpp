// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/diagnostic.h"
#include "hybrid/model.h"

namespace shiftwise::cli {

void write_output(const std::string& text) {
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written || errno == EPIPE) return;
  throw core::Error({.what = "cannot write to the standard output", .why = std::strerror(errno)});
}

void Console::show(const report::Report& report) const {
  write_output(
      json_ ? report.to_json().dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
            : report.to_text());
}

report::Report begin_report(const Verb& verb) {
  report::Report report;
  report.data("shiftwise", hybrid::version());
  report.data("verb", verb.name());
  return report;
}

std::vector<std::unique_ptr<Verb>> make_verbs() {
  std::vector<std::unique_ptr<Verb>> verbs;
  for (const auto make : {make_inspect, make_quantize, make_eval, make_run, make_bench, make_diff,
                          make_data, make_doctor, make_completion}) {
    verbs.push_back(make());
  }
#ifdef SHIFTWISE_NPU
  verbs.insert(verbs.begin() + 2, make_compile());
  verbs.insert(verbs.end() - 2, make_design());
  verbs.insert(verbs.end() - 2, make_kernel());
  verbs.insert(verbs.end() - 2, make_simulate());
#endif
  return verbs;
}

void declare_all(Verb& verb, CommonOptions& common, CLI::App& app) {
  app.option_defaults()->always_capture_default();
  app.set_help_flag();  // added again below, so that the verb's own options come first
  verb.declare(app);
  constexpr const char* kGroup = "Common";
  app.add_option("-j,--threads", common.threads, "Threads to use; 0: one per core")
      ->check(CLI::Range(0, 4096))
      ->type_name("N")
      ->group(kGroup);
  app.add_flag("--json", common.json, "Print the result as JSON")->group(kGroup);
  app.add_flag("-q,--quiet", common.quiet, "No progress")->group(kGroup);
  app.set_config("--config", "", "Read options from this file, as --print-config writes it")
      ->configurable(false)
      ->type_name("FILE")
      ->group(kGroup);
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.add_flag("--print-config", common.print_config,
               "Print the options in effect as a configuration file and stop")
      ->configurable(false)
      ->group(kGroup);
  app.set_version_flag("--version", std::string(hybrid::version()))->group(kGroup);
  app.set_help_flag("-h,--help", "Show this")->group(kGroup);
  app.footer("Examples:\n" + verb.examples());
}

std::string config_text(const CLI::App& app) {
  const auto quoted = [](const std::string& value) {
    const char quote = value.find('"') == std::string::npos ? '"' : '\'';
    return quote + value + quote;
  };
  std::string text = fmt::format("# {}: {}\n", app.get_name(), app.get_description());
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_configurable()) continue;
    std::vector<std::string> values = option->results();
    const std::string standard = option->get_default_str();
    if (values.empty() && !standard.empty() && standard != "[]") values.push_back(standard);
    const bool given = !values.empty();
    for (std::string& value : values) value = quoted(value);
    const std::string list = fmt::format("{}", fmt::join(values, ", "));
    text += fmt::format("\n# {}\n{}{}={}\n", option->get_description(), given ? "" : "# ",
                        option->get_single_name(), values.size() > 1 ? "[" + list + "]" : list);
  }
  return text;
}

}  // namespace shiftwise::cli
