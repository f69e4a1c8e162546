// SPDX-License-Identifier: Apache-2.0
#include "cli/app.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <new>
#include <span>

#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/parallel.h"
#include "core/suggest.h"
#include "hybrid/model.h"
#include "report/progress_printer.h"

namespace shiftwise::cli {
namespace {

constexpr int kUsage = static_cast<int>(core::Fault::kUsage);
constexpr int kData = static_cast<int>(core::Fault::kData);

int complain(const std::string& text, int code) {
  std::cerr << "shiftwise: " << text << std::endl;
  return code;
}

extern "C" void handle_stop(int) { core::request_interrupt(); }

/// The first Ctrl-C asks politely; a second one is the system's own.
void handle_signals() {
  struct sigaction stop{};
  stop.sa_handler = handle_stop;
  stop.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &stop, nullptr);
  ::sigaction(SIGTERM, &stop, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a reader that went away is seen where it is written to
  ::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error like a full disk
}

std::string version_line() { return fmt::format("shiftwise {}\n", hybrid::version()); }

std::string overview(std::span<const std::unique_ptr<Verb>> verbs) {
  std::string text =
      "shiftwise - from a trained ResNet to exact int8 integers with power-of-two scales\n\n"
      "usage: shiftwise VERB [OPTIONS]\n\n";
  for (const auto& verb : verbs) {
    text += fmt::format("  {:<12}{}\n", verb->name(), verb->summary());
  }
  return text +
         "\nshiftwise VERB --help shows a verb's options and examples.\n"
         "Exit codes: 0 ok, 1 usage, 2 data, 3 a check found a difference.\n";
}

/// "did you mean ...?" for the first unknown option of a parse that failed.
std::string near_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const std::string& extra : app.remaining()) {
    if (extra.starts_with("--")) {
      return core::suggest(std::string_view(extra).substr(0, extra.find('=')), names);
    }
  }
  return {};
}

int refuse_usage(const Verb& verb, const CLI::App& app, const CLI::ParseError& error) {
  std::string text = fmt::format("{}: {}", verb.name(), error.what());
  const std::string near =
      dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ? near_options(app) : "";
  text += fmt::format("\n  try:   {}",
                      near.empty() ? fmt::format("shiftwise {} --help", verb.name()) : near);
  return complain(text, kUsage);
}

int run_verb(Verb& verb, int argc, char** argv) {
  CLI::App app(verb.summary(), "shiftwise " + verb.name());
  CommonOptions common;
  declare_all(verb, common, app);
  try {
    app.parse(argc - 1, argv + 1);
  } catch (const CLI::CallForHelp&) {
    write_output(app.help());
    return 0;
  } catch (const CLI::CallForVersion&) {
    write_output(version_line());
    return 0;
  } catch (const CLI::ParseError& error) {
    return refuse_usage(verb, app, error);
  }
  if (common.print_config) {
    write_output(config_text(app));
    return 0;
  }
  core::set_thread_limit(common.threads);
  report::ProgressPrinter printer(std::cerr, ::isatty(STDERR_FILENO) != 0);
  Console console(common.quiet ? core::silent_progress() : printer, common.json);
  return verb.run(console);
}

int dispatch(int argc, char** argv) {
  const auto verbs = make_verbs();
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "--version") {
    write_output(version_line());
    return 0;
  }
  if (name == "--help" || name == "-h" || name == "help") {
    write_output(overview(verbs));
    return 0;
  }
  if (name.empty()) {
    std::cerr << overview(verbs);
    return kUsage;
  }
  std::vector<std::string> names;
  for (const auto& verb : verbs) {
    if (verb->name() == name) return run_verb(*verb, argc, argv);
    names.push_back(verb->name());
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no verb '{}'", name),
                     .hint = core::suggest(name, names) + " (shiftwise --help lists all)"});
}

}  // namespace

int run(int argc, char** argv) {
  handle_signals();
  try {
    return dispatch(argc, argv);
  } catch (const core::Error& error) {
    return complain(error.what(), static_cast<int>(error.diagnostic().fault));
  } catch (const std::bad_alloc&) {
    return complain("there is not enough memory for this", kData);
  } catch (const std::exception& error) {
    return complain(fmt::format("unexpected error: {}", error.what()), kData);
  }
}

}  // namespace shiftwise::cli
