// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "backend/backend.h"
#include "core/diagnostic.h"

namespace shiftwise::backend {
namespace {

/// Levenshtein's distance.
std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

void Registry::add(Backend backend) {
  const bool taken = std::any_of(backends_.begin(), backends_.end(),
                                 [&](const Backend& known) { return known.name == backend.name; });
  core::expects(!taken, "a backend is registered once", backend.name);
  backends_.push_back(std::move(backend));
}

const Backend& Registry::find(const std::string& name) const {
  constexpr std::size_t kNear = 2;
  std::string names;
  std::string nearest;
  std::size_t fewest = kNear + 1;
  for (const Backend& backend : backends_) {
    if (backend.name == name) return backend;
    names += (names.empty() ? "" : ", ") + backend.name;
    if (const std::size_t distance = edits(name, backend.name); distance < fewest) {
      fewest = distance;
      nearest = backend.name;
    }
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no backend '{}'", name),
                     .why = "the backends are: " + names,
                     .hint = nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest)});
}

}  // namespace shiftwise::backend
