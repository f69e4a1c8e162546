// SPDX-License-Identifier: Apache-2.0
// mappings: both mappings of conv2_x under both models of what kernels cost, beside what was
// measured on silicon. Prints the tables of docs/cost-model.md.
//
//     mappings [TARGET [IMAGES]]
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <cstdlib>
#include <set>

#include "core/diagnostic.h"
#include "fidelity/mappings.h"

namespace shiftwise::fidelity {
namespace {

constexpr lower::Mapping kMappings[] = {lower::Mapping::kPublished, lower::Mapping::kBalanced};

void print_times(const std::vector<Timed>& all) {
  fmt::print(
      "| kernels timed as | mapping | between images, cycles | ms | 1.87 ms is times that | "
      "busiest "
      "core, its kernels | array adds | first image, cycles | one image alone, ms | what binds |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n");
  for (const Timed& each : all) {
    fmt::print("| {} | {} | {:.0f} | {:.4f} | {:.1f} | {} {:.0f} | {:.1f} % | {} | {:.3f} | {} |\n",
               name(each.model), lower::name(each.mapping), each.interval, each.interval_ms(),
               kMeasuredMs / each.interval_ms(), target::to_string(each.busiest().tile),
               each.busiest().kernels, 100 * each.overhead(), each.latency, each.alone_ms(),
               each.bottleneck);
  }
}

void print_ratios(const std::vector<Timed>& all) {
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    fmt::print(
        "- {}: `balanced` takes {:.2f} times less between images, {:.2f} times less for one "
        "image alone.\n",
        name(all[i].model), all[i].interval / all[i + 1].interval,
        all[i].alone_ms() / all[i + 1].alone_ms());
  }
}

void print_tiles(const std::vector<Timed>& all) {
  std::set<core::TileId> tiles;
  for (const Timed& each : all) {
    for (const Timed::Tile& tile : each.tiles) tiles.insert(tile.tile);
  }
  fmt::print("\n| tile |");
  for (const Timed& each : all) {
    fmt::print(" {}, {} |", lower::name(each.mapping),
               each.model == CostModel::kOwn ? "own" : "published");
  }
  fmt::print("\n|---|");
  for (std::size_t i = 0; i < all.size(); ++i) fmt::print("---|");
  for (const core::TileId id : tiles) {
    fmt::print("\n| {} |", target::to_string(id));
    for (const Timed& each : all) {
      std::string cell = "-";
      for (const Timed::Tile& tile : each.tiles) {
        if (tile.tile != id) continue;
        cell = fmt::format("{:.0f} %, {:.0f} %", 100 * tile.busy, 100 * tile.multiplying);
      }
      fmt::print(" {} |", cell);
    }
  }
  fmt::print("\n");
}

int print(const std::string& target, int images) {
  const target::Device device = target::find_device(target);
  std::vector<Timed> all;
  std::set<std::string> analysis;
  for (const CostModel model : {CostModel::kOwn, CostModel::kPublished}) {
    for (const lower::Mapping mapping : kMappings) {
      all.push_back(time_conv2_x(device, mapping, model, images));
      analysis.insert(all.back().by_analysis.begin(), all.back().by_analysis.end());
    }
  }
  fmt::print("conv2_x on {}, {} images in one run of the sequence, {:.2f} GHz\n\n", target, images,
             device.timing.clock_hz * 1e-9);
  print_times(all);
  fmt::print("\n");
  print_ratios(all);
  print_tiles(all);
  if (!analysis.empty()) {
    fmt::print("\nNo measured call does what these do; they are timed by analysis: {}.\n",
               fmt::join(analysis, ", "));
  }
  return 0;
}

}  // namespace
}  // namespace shiftwise::fidelity

int main(int count, char** arguments) {
  constexpr int kImages = 64;
  try {
    const int images = count > 2 ? std::atoi(arguments[2]) : kImages;
    if (images < 2) {
      std::fprintf(stderr, "mappings: at least 2 images are needed\n");
      return static_cast<int>(shiftwise::core::Fault::kUsage);
    }
    return shiftwise::fidelity::print(count > 1 ? arguments[1] : "npu1", images);
  } catch (const shiftwise::core::Error& error) {
    std::fprintf(stderr, "mappings: %s\n", error.what());
    return static_cast<int>(error.diagnostic().fault);
  }
}
