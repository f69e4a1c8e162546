// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "backend/backend.h"
#include "core/diagnostic.h"
#include "core/suggest.h"

namespace shiftwise::backend {

void Registry::add(Backend backend) {
  const bool taken = std::any_of(backends_.begin(), backends_.end(),
                                 [&](const Backend& known) { return known.name == backend.name; });
  core::expects(!taken, "a backend is registered once", backend.name);
  backends_.push_back(std::move(backend));
}

const Backend& Registry::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const Backend& backend : backends_) {
    if (backend.name == name) return backend;
    names.push_back(backend.name);
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no backend '{}'", name),
                     .hint = core::suggest(name, names)});
}

}  // namespace shiftwise::backend
