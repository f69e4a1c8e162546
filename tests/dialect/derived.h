// SPDX-License-Identifier: Apache-2.0
// Small designs, and what is looked for in what they become.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "dialect/program_text.h"
#include "dialect/read.h"

namespace shiftwise::dialect {

/// A column of npu1 (shim, mem, a below b below c, and east beside a) with `body` in it.
inline DeviceProgram derive(const std::string& body) {
  const std::string text =
      "aie.device(npu1) {\n"
      "  %shim = aie.tile(0, 0)\n"
      "  %mem = aie.tile(0, 1)\n"
      "  %a = aie.tile(0, 2)\n"
      "  %b = aie.tile(0, 3)\n"
      "  %c = aie.tile(0, 4)\n"
      "  %east = aie.tile(1, 2)\n" +
      body + "}\n";
  return read_program(text, "small.mlir").devices.front();
}

/// The lines of `device` as text that start with one of `starts`, and the indented lines
/// under them.
inline std::string lines(const DeviceProgram& device, const std::vector<std::string>& starts) {
  std::istringstream all(to_text(device));
  std::string result;
  bool taken = false;
  for (std::string line; std::getline(all, line);) {
    if (line.empty() || line.front() != ' ') {
      taken = std::any_of(starts.begin(), starts.end(), [&](const std::string& start) {
        return line.compare(0, start.size(), start) == 0;
      });
    }
    if (taken) result += line + "\n";
  }
  return result;
}

}  // namespace shiftwise::dialect
