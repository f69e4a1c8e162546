// SPDX-License-Identifier: Apache-2.0
// What a word of the command line ("quantize", "eval", ...) consists of.
#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/progress.h"
#include "report/report.h"

namespace shiftwise::cli {

/// A verb's way to the outside.
class Console {
 public:
  Console(core::Progress& progress, bool json) : progress_(progress), json_(json) {}
  core::Progress& progress() { return progress_; }
  /// Prints to standard output: a table, or JSON where --json was given.
  void show(const report::Report& report) const;
  /// Whether --json was given, for verbs that else print a text of their own.
  bool json() const { return json_; }

 private:
  core::Progress& progress_;
  bool json_;
};

class Verb {
 public:
  virtual ~Verb() = default;
  virtual std::string name() const = 0;
  /// One line for the list of verbs.
  virtual std::string summary() const = 0;
  /// Command lines that work, one per line, for --help.
  virtual std::string examples() const = 0;
  /// Adds the verb's own options; their targets are members of the verb.
  virtual void declare(CLI::App& app) = 0;
  /// Does the work; the result is the exit code. Throws core::Error.
  virtual int run(Console& console) = 0;
};

/// A report that already holds what every verb's JSON begins with: version and verb.
report::Report begin_report(const Verb& verb);

/// Writes all of `text` to standard output. A reader that went away is no error; a full disk
/// is one.
void write_output(const std::string& text);

std::unique_ptr<Verb> make_inspect();
std::unique_ptr<Verb> make_quantize();
std::unique_ptr<Verb> make_eval();
std::unique_ptr<Verb> make_run();
std::unique_ptr<Verb> make_bench();
std::unique_ptr<Verb> make_diff();
std::unique_ptr<Verb> make_data();
std::unique_ptr<Verb> make_doctor();
std::unique_ptr<Verb> make_completion();
#ifdef SHIFTWISE_NPU
std::unique_ptr<Verb> make_compile();
std::unique_ptr<Verb> make_design();
std::unique_ptr<Verb> make_kernel();
std::unique_ptr<Verb> make_simulate();
#endif

/// Every verb, in the order of the help.
std::vector<std::unique_ptr<Verb>> make_verbs();

/// Options that every verb has.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  int threads = 0;
  bool print_config = false;
};

/// Fills `app` with a verb's options and the common ones.
void declare_all(Verb& verb, CommonOptions& common, CLI::App& app);

/// The options in effect, as --config reads them; those that nobody set are comments.
std::string config_text(const CLI::App& app);

}  // namespace shiftwise::cli
