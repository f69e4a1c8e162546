// SPDX-License-Identifier: Apache-2.0
// shiftwise data: brings a whole data set.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/suggest.h"
#include "data/cifar10_import.h"

namespace shiftwise::cli {
namespace {

class Data : public Verb {
 public:
  std::string name() const override { return "data"; }
  std::string summary() const override { return "Bring a whole data set: cifar10"; }
  std::string examples() const override {
    return "  shiftwise data cifar10\n"
           "  shiftwise data cifar10 --from cifar-10-python.tar.gz -o cifar10\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("set", set_, "Which one: cifar10")->type_name("NAME")->required();
    app.add_option("--from", request_.source,
                   "A folder or archive that you have (binary or python version); else download")
        ->type_name("PATH");
    app.add_option("-o,--output", request_.output, "The folder to make")->type_name("FOLDER");
    app.add_flag("--force", request_.overwrite, "Replace a folder that was made so earlier");
    app.add_option("--url", request_.url, "Where to download from")->type_name("URL");
    app.add_option("--md5", request_.md5, "What the archive's MD5 sum must be")->type_name("SUM");
  }

  int run(Console& console) override {
    if (set_ != "cifar10") {
      const std::vector<std::string> known{"cifar10"};
      throw core::Error({.fault = core::Fault::kUsage,
                         .what = fmt::format("there is no data set '{}'", set_),
                         .hint = core::suggest(set_, known)});
    }
    const data::ImportResult result = data::import_cifar10(request_, console.progress());
    report::Report report = begin_report(*this);
    report.fact("set", "data set", report::text(set_));
    report.fact("origin", "origin", report::text(result.origin));
    report.fact("train_images", "training images", report::count(result.train_images));
    report.fact("test_images", "test images", report::count(result.test_images));
    report.fact("output", "written to", report::text(request_.output.string()));
    report.note(fmt::format("use it with --data {0}, or export SHIFTWISE_DATA={0}",
                            request_.output.string()));
    console.show(report);
    return 0;
  }

 private:
  std::string set_;
  data::ImportRequest request_{.source = {}, .output = "cifar-10-batches-bin"};
};

}  // namespace

std::unique_ptr<Verb> make_data() { return std::make_unique<Data>(); }

}  // namespace shiftwise::cli
