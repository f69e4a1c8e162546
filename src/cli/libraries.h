// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace shiftwise::cli {

/// A library that this program runs with.
struct Library {
  std::string name;
  std::string version;  ///< of what is loaded where the library tells, else of its headers
  std::string package;  ///< Debian's name of it, for building
};

std::vector<Library> libraries();

}  // namespace shiftwise::cli
