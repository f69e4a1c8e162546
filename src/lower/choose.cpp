// SPDX-License-Identifier: Apache-2.0
#include "lower/choose.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <set>

#include "core/diagnostic.h"
#include "lower/cost.h"

namespace shiftwise::lower {
namespace {

/// Makes designs and keeps the one with the shortest time between images.
class Chooser {
 public:
  Chooser(const qgraph::QGraph& network, const std::vector<Block>& blocks, const Options& options)
      : network_(network), blocks_(blocks), options_(options) {}

  Made run() {
    if (options_.mapping == Mapping::kPublished) {
      attempt({.style = Style::kPublished}, 1);
    } else {
      for (const Style style : {Style::kSix, Style::kFive}) {
        attempt({.style = style, .split = true}, options_.images);
        attempt({.style = style}, options_.images);
      }
      attempt({.style = Style::kFour}, options_.images);
      if (best_) {
        explain();
      } else {
        attempt({.style = Style::kPublished}, options_.images);
        if (best_) note("as published: the balanced cut does not fit ({})", refusals_.back());
      }
    }
    if (!best_) std::rethrow_exception(refusal_);
    return std::move(*best_);
  }

 private:
  template <typename... Arguments>
  void note(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    best_->design.notes.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  /// Why the best is not more.
  void explain() {
    if (best_->layout.split) {
      note("rows between blocks and to the host go in two parts, each on a stream of its own");
    } else if (refusals_.empty()) {
      return;
    } else if (best_->layout.style == Style::kFour) {
      note("no more than four tiles a block: {}", refusals_.front());
    } else {
      note("rows go in one part: {}", refusals_.front());
    }
  }

  /// With as many copies as fit, and rows fetched ahead if memory allows.
  void attempt(Layout layout, int most_copies) {
    std::string refused;
    const int most = std::min(most_copies, room_for(layout, refused));
    for (int copies = most; copies > 0; --copies) {
      for (const Slack slack : {Slack::kAmple, Slack::kLean}) {
        try {
          layout.slack = slack;
          layout.copies = copies;
          keep(make(network_, blocks_, options_, layout));
          if (newest_is_best_ && slack == Slack::kLean) {
            note("no rows are fetched ahead: memory is too small for more than what must be held");
          }
          if (newest_is_best_ && copies < most) note("no more copies: {}", refused);
          return;
        } catch (const core::Error& error) {
          refused = why(error);
        }
      }
    }
    refusals_.push_back(refused);
  }

  int room_for(const Layout& layout, std::string& refused) {
    Made scratch;
    Builder builder(network_, options_, scratch.design, scratch.program);
    try {
      return options_.device.columns / columns(blocks_, layout, builder);
    } catch (const core::Error& error) {
      refused = why(error);
      return 0;
    }
  }

  std::string why(const core::Error& error) {
    refusal_ = std::current_exception();
    return fmt::format("{}: {}", error.diagnostic().where, error.diagnostic().why);
  }

  void keep(Made made) {
    const double cycles = bounds(made.design, options_.device).interval();
    newest_is_best_ = !best_ || cycles < cycles_;
    if (!newest_is_best_) return;
    cycles_ = cycles;
    best_ = std::move(made);
  }

  const qgraph::QGraph& network_;
  const std::vector<Block>& blocks_;
  const Options& options_;
  std::optional<Made> best_;
  double cycles_ = 0;
  bool newest_is_best_ = false;
  std::vector<std::string> refusals_;  ///< of styles that do not fit
  std::exception_ptr refusal_;
};

/// How much of the array works, and for how many pipelines.
void add_copies(const target::Device& device, Design& design) {
  std::set<int> columns;
  for (const TileLoad& load : design.tiles) columns.insert(load.tile.column);
  design.notes.push_back(fmt::format(
      "{} of {} tiles compute, in {} of {} columns{}", design.tiles.size(),
      device.columns * device.compute_rows, columns.size(), device.columns,
      design.copies == 1
          ? ""
          : fmt::format(": {} copies of the pipeline share the images", design.copies)));
}

/// What bounds the time between images, and which bound is the largest.
void add_bounds(const target::Device& device, Design& design) {
  const Bounds b = bounds(design, device);
  std::string text =
      fmt::format("bounds of an image in cycles: multiplications {} (tile {})",
                  b.multiplications.cycles, target::to_string(b.multiplications.tile));
  if (b.kernels) {
    text += fmt::format(", kernels {} (tile {}, by their loops' analysis)", b.kernels->cycles,
                        target::to_string(b.kernels->tile));
  }
  text += fmt::format(", streams {} ({} words {} tile {}), DDR {}; {}", b.streams.cycles,
                      b.stream_words, b.stream_enters ? "into" : "out of",
                      target::to_string(b.streams.tile), b.ddr, b.binding());
  if (b.copies > 1) {
    text +=
        fmt::format("; {} copies: one image every {:.0f} cycles at best", b.copies, b.interval());
  }
  design.notes.push_back(std::move(text));
}

}  // namespace

Made choose(const qgraph::QGraph& network, const std::vector<Block>& blocks,
            const Options& options) {
  Made made = Chooser(network, blocks, options).run();
  if (options.mapping == Mapping::kBalanced) add_copies(options.device, made.design);
  add_bounds(options.device, made.design);
  return made;
}

}  // namespace shiftwise::lower
