// SPDX-License-Identifier: Apache-2.0
#include "cpu/memory_plan.h"

#include <unistd.h>

#include <algorithm>
#include <limits>

#include "cpu/aligned.h"

namespace shiftwise::cpu {
namespace {

/// Activations that one group of images may take: half of a second-level cache, so that
/// weights stream past them.
std::size_t group_bytes() {
  constexpr std::size_t kUsual = 1 << 20;
#if defined(_SC_LEVEL2_CACHE_SIZE)
  if (const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0) {
    return static_cast<std::size_t>(bytes) / 2;
  }
#endif
  return kUsual / 2;
}

std::size_t aligned(std::ptrdiff_t bytes) {
  return (static_cast<std::size_t>(bytes) + kCacheLine - 1) / kCacheLine * kCacheLine;
}

/// The largest power of two of images whose tensors of this step fit group_bytes().
int group_for(const Plan& plan, const Step& step) {
  std::size_t bytes = plan.tensors[static_cast<std::size_t>(step.writes)].image_bytes;
  for (const TensorId read : step.reads) {
    bytes += plan.tensors[static_cast<std::size_t>(read)].image_bytes;
  }
  int group = 1;
  while (2 * group <= plan.chunk && 2 * group * bytes <= group_bytes()) group *= 2;
  return group;
}

/// A step's group is the smallest of its neighbours': the steps of a residual block stay in one
/// segment, for between segments every image's tensors are kept.
void make_segments(Plan& plan) {
  constexpr int kNeighbours = 2;
  const int steps = static_cast<int>(plan.steps.size());
  std::vector<int> groups;
  for (const auto& step : plan.steps) groups.push_back(group_for(plan, *step));
  for (int s = 0; s < steps; ++s) {
    const int group = *std::min_element(groups.begin() + std::max(0, s - kNeighbours),
                                        groups.begin() + std::min(steps, s + kNeighbours + 1));
    if (plan.segments.empty() || plan.segments.back().group != group) {
      plan.segments.push_back({s, s, group});
    }
    plan.segments.back().last_step = s + 1;
  }
}

/// The steps between which a tensor's bytes must stay, both included.
struct Life {
  int first = std::numeric_limits<int>::max();
  int last = -1;
  int first_segment = std::numeric_limits<int>::max();
  int last_segment = -1;

  void touch(int step, int segment) {
    first = std::min(first, step);
    last = std::max(last, step);
    first_segment = std::min(first_segment, segment);
    last_segment = std::max(last_segment, segment);
  }
};

std::vector<Life> lives(const Plan& plan, bool keep_all) {
  const int steps = static_cast<int>(plan.steps.size());
  const int segments = static_cast<int>(plan.segments.size());
  std::vector<Life> result(plan.tensors.size());
  for (int g = 0; g < segments; ++g) {
    const Segment& segment = plan.segments[static_cast<std::size_t>(g)];
    for (int s = segment.first_step; s < segment.last_step; ++s) {
      const Step& step = *plan.steps[static_cast<std::size_t>(s)];
      result[static_cast<std::size_t>(step.writes)].touch(s, g);
      for (const TensorId read : step.reads) result[static_cast<std::size_t>(read)].touch(s, g);
    }
  }
  // The network's input comes with the first step, its output goes with the last.
  result[static_cast<std::size_t>(plan.input)].touch(0, 0);
  result[static_cast<std::size_t>(plan.output)].touch(steps - 1, segments - 1);
  for (Life& life : result) {
    if (life.last < life.first) continue;
    if (keep_all) {
      life.touch(0, 0);
      life.touch(steps - 1, segments - 1);
    }
    // Across segments a tensor holds all images, and each segment runs once for every group.
    if (life.first_segment != life.last_segment) {
      life.first = plan.segments[static_cast<std::size_t>(life.first_segment)].first_step;
      life.last = plan.segments[static_cast<std::size_t>(life.last_segment)].last_step - 1;
    }
  }
  return result;
}

bool same_places(const Layout& a, const Layout& b) {
  return a.code_bytes() == b.code_bytes() && a.channels == b.channels && a.height == b.height &&
         a.width == b.width && a.pitch == b.pitch && a.halo == b.halo;
}

/// For each tensor the one whose bytes it takes: itself, or what its step overwrites because nobody
/// reads it later. Lives are joined.
std::vector<std::size_t> owners(const Plan& plan, std::vector<Life>& life) {
  std::vector<std::size_t> owner(life.size());
  for (std::size_t t = 0; t < owner.size(); ++t) owner[t] = t;
  const std::vector<Life> alone = life;
  for (int s = 0; s < static_cast<int>(plan.steps.size()); ++s) {
    const Step& step = *plan.steps[static_cast<std::size_t>(s)];
    if (step.may_overwrite < 0) continue;
    const auto from = static_cast<std::size_t>(step.may_overwrite);
    const auto to = static_cast<std::size_t>(step.writes);
    const bool together = plan.tensors[from].grouped && plan.tensors[to].grouped &&
                          alone[from].first_segment == alone[to].first_segment;
    const auto reads = std::count(step.reads.begin(), step.reads.end(), step.may_overwrite);
    if (!together || reads != 1 || alone[from].last != s ||
        !same_places(plan.tensors[from].layout, plan.tensors[to].layout)) {
      continue;
    }
    owner[to] = owner[from];
    life[owner[to]].last = std::max(life[owner[to]].last, alone[to].last);
  }
  return owner;
}

/// First fit, the largest tensors first: a tensor goes to the lowest address that no tensor
/// alive at the same time takes.
void place(Plan& plan, std::vector<Life> life) {
  const std::vector<std::size_t> owner = owners(plan, life);
  struct Placed {
    std::size_t tensor, begin, end;
  };
  const auto bytes_of = [&](std::size_t t) {
    const Tensor& tensor = plan.tensors[t];
    int images = plan.chunk;
    if (tensor.grouped) {
      images = plan.segments[static_cast<std::size_t>(life[t].first_segment)].group;
    }
    return tensor.image_bytes * static_cast<std::size_t>(images);
  };
  std::vector<std::size_t> order;
  for (std::size_t t = 0; t < plan.tensors.size(); ++t) {
    if (life[t].last >= life[t].first && owner[t] == t) order.push_back(t);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return bytes_of(a) > bytes_of(b); });
  std::vector<Placed> placed;  // by begin
  for (const std::size_t t : order) {
    std::size_t begin = 0;
    for (const Placed& other : placed) {
      const bool together =
          life[t].first <= life[other.tensor].last && life[other.tensor].first <= life[t].last;
      if (together && begin < other.end && other.begin < begin + bytes_of(t)) begin = other.end;
    }
    plan.tensors[t].offset = begin;
    const Placed entry = {t, begin, begin + bytes_of(t)};
    plan.scratch_bytes = std::max(plan.scratch_bytes, entry.end);
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), entry,
                         [](const Placed& a, const Placed& b) { return a.begin < b.begin; }),
        entry);
  }
  for (std::size_t t = 0; t < plan.tensors.size(); ++t) {
    plan.tensors[t].offset = plan.tensors[owner[t]].offset;
  }
}

}  // namespace

void place_tensors(Plan& plan, bool keep_all) {
  for (Tensor& tensor : plan.tensors) tensor.image_bytes = aligned(tensor.layout.image_bytes());
  if (plan.steps.empty()) return;
  make_segments(plan);
  const std::vector<Life> life = lives(plan, keep_all);
  for (std::size_t t = 0; t < life.size(); ++t) {
    plan.tensors[t].grouped = life[t].first_segment == life[t].last_segment;
  }
  place(plan, life);
}

}  // namespace shiftwise::cpu
