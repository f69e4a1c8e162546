// SPDX-License-Identifier: Apache-2.0
#include "cli/difference.h"

#include <fmt/format.h>

namespace shiftwise::cli {

using Json = nlohmann::ordered_json;

void add_comparison(report::Report& report, const char* key, const char* label, const char* norm,
                    const hybrid::Verification& found) {
  Json json{{"images", found.images}, {"elements", found.elements}, {"difference", nullptr}};
  std::string text = fmt::format("{} codes of {} images, all equal to {}",
                                 report::count(found.elements).text, found.images, norm);
  if (const auto& first = found.difference) {
    json["difference"] = {{"layer", first->node},
                          {"image", first->image},
                          {"index", {first->channel, first->y, first->x}},
                          {"expected", first->expected},
                          {"got", first->got},
                          {"differing", found.differing}};
    text = fmt::format("DIFFERENT from {}: {} ({} such codes in {} images)", norm, first->text(),
                       report::count(found.differing).text, found.images);
  }
  report.fact(key, label, {std::move(json), std::move(text)});
}

void add_difference(report::Report& report, const std::optional<hybrid::Difference>& found) {
  if (!found) {
    report.data("difference", nullptr);
    return;
  }
  const std::string where = found->index.empty() ? "" : " at " + found->index;
  const std::string many =
      found->differing == 0
          ? ""
          : fmt::format(" ({} such elements)", report::count(found->differing).text);
  report.fact("difference", "first difference",
              {{{"what", found->what},
                {"index", found->index.empty() ? Json() : Json(found->index)},
                {"expected", found->expected},
                {"got", found->got},
                {"differing", found->differing}},
               fmt::format("{}{}: expected {}, got {}{}", found->what, where, found->expected,
                           found->got, many)});
}

}  // namespace shiftwise::cli
