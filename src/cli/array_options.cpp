// SPDX-License-Identifier: Apache-2.0
#include "cli/array_options.h"

#include <CLI/CLI.hpp>

namespace shiftwise::cli {

void ArrayOptions::declare(CLI::App& app) {
  constexpr const char* kGroup = "Backends sim and xrt";
  constexpr int kMostImages = 4096;
  app.add_option("--target", target, "The array: npu1, npu1_3col, npu2, ...")
      ->type_name("NAME")
      ->group(kGroup);
  app.add_option("--mapping", mapping, "How work is laid out: published or balanced")
      ->type_name("NAME")
      ->group(kGroup);
  app.add_option("--kernel-abi", kernel_abi,
                 "Kernels that the cores call: own, or mlir-aie (no biases)")
      ->type_name("NAME")
      ->group(kGroup);
  app.add_option("--images-per-run", images_per_run, "Images for which weights are sent once")
      ->type_name("N")
      ->check(CLI::Range(1, kMostImages))
      ->group(kGroup);
  app.add_option("--check", check, "How much the simulator checks: none, default or full")
      ->check(CLI::IsMember({"none", "default", "full"}))
      ->group(kGroup);
  altered.declare(app, kGroup);
}

}  // namespace shiftwise::cli
