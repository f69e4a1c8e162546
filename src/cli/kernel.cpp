// SPDX-License-Identifier: Apache-2.0
// shiftwise kernel build: a kernel's source as a library that the simulator loads.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/hash.h"
#include "kernel/build.h"

namespace shiftwise::cli {
namespace {

class Kernel : public Verb {
 public:
  std::string name() const override { return "kernel"; }
  std::string summary() const override { return "Build a kernel's source for the simulator"; }
  std::string examples() const override {
    return "  shiftwise kernel build conv2dk1.cc\n"
           "  shiftwise kernel build conv2dk1.cc -o kernels/conv2dk1.so -- -DINT8_ACT -I include\n"
           "  shiftwise kernel build conv2dk14.cc --target npu2 --check-accesses\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("action", action_, "build")->type_name("build")->required();
    app.add_option("source", source_, "C++ against aie_api")->type_name("FILE.cc")->required();
    app.add_option("arguments", arguments_, "Behind '--': for the compiler, as they are")
        ->type_name("-- ARGUMENT");
    app.add_option("-o,--output", output_, "The library; its stem is what link_with names")
        ->type_name("FILE.so");
    app.add_option("--target", target_, "The array that __AIE_ARCH__ shall say")
        ->check(CLI::IsMember({"npu1", "npu2"}));
    app.add_option("--march", march_, "The instruction set; 'baseline' for any machine")
        ->type_name("NAME");
    app.add_flag("--check-accesses", check_, "Every access asks whether the core may");
  }

  int run(Console& console) override {
    if (action_ != "build") {
      throw core::Error({.fault = core::Fault::kUsage,
                         .what = fmt::format("kernel has no '{}'", action_),
                         .hint = "shiftwise kernel build FILE.cc"});
    }
    kernel::BuildOptions options{.output = output_,
                                 .arguments = arguments_,
                                 .march = march_ == "baseline" ? "" : march_,
                                 .check_accesses = check_};
    if (target_ == "npu2") options.defines.emplace_back("__AIE_ARCH__=21");
    const kernel::Built built = kernel::build(source_, options);
    report::Report report = begin_report(*this);
    report.fact("source", "source", report::text(source_));
    report.fact("sha256", "sha256",
                report::text(core::hash_file(core::HashKind::kSha256, source_)));
    report.fact("compiler", "compiler", report::text(built.compiler));
    report.data("command", built.command);
    report.fact("library", "library", report::text(built.library.string()));
    std::vector<std::string> functions;
    for (const std::string& symbol : built.symbols) {
      if (!symbol.starts_with("_Z")) functions.push_back(symbol);
    }
    report.fact("functions", "functions",
                {functions, fmt::format("{}", fmt::join(functions, ", "))});
    if (functions.empty()) {
      report.warning("no function can be called: none is extern \"C\", or macros choose none");
    }
    if (!built.warnings.empty()) report.warning("the compiler says:\n" + built.warnings);
    console.show(report);
    return 0;
  }

 private:
  std::string action_;
  std::string source_;
  std::string output_;
  std::string target_ = "npu1";
  std::string march_ = "native";
  std::vector<std::string> arguments_;
  bool check_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_kernel() { return std::make_unique<Kernel>(); }

}  // namespace shiftwise::cli
