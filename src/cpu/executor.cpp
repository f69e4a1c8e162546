// SPDX-License-Identifier: Apache-2.0
#include "cpu/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>

#include "core/diagnostic.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "qgraph/quantize_input.h"

namespace shiftwise::cpu {
namespace {

/// Images that go through the network together at most: enough to reuse large weights.
constexpr int kChunk = 16;

/// The tensors of image `image` of a group that starts at image `group` of a chunk.
class ChunkImages : public Images {
 public:
  ChunkImages(const Plan& plan, std::uint8_t* scratch, int group, int image)
      : plan_(plan), scratch_(scratch), in_group_(image - group), in_chunk_(image) {}

  std::uint8_t* image(TensorId id) const override {
    const Tensor& tensor = plan_.tensors[static_cast<std::size_t>(id)];
    const int index = tensor.grouped ? in_group_ : in_chunk_;
    return scratch_ + tensor.offset + tensor.image_bytes * static_cast<std::size_t>(index);
  }

 private:
  const Plan& plan_;
  std::uint8_t* scratch_;
  int in_group_;
  int in_chunk_;
};

std::size_t image_bytes(const qgraph::Type& type) {
  return static_cast<std::size_t>(type.shape.elements()) * qgraph::bytes_per_code(type.element);
}

/// Adds the time since the last call, or since it was made, to whatever is asked for.
class Stopwatch {
 public:
  void lap(std::vector<double>* seconds, std::size_t index) {
    if (seconds == nullptr) return;
    const auto now = std::chrono::steady_clock::now();
    (*seconds)[index] += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Pieces of work for `lanes` threads, each with its own scratch: body(lane, piece).
void for_lanes(int lanes, int pieces, const std::function<void(int, int)>& body) {
  std::atomic<int> next{0};
  const auto take = [&](std::int64_t lane) {
    for (int i = next++; i < pieces; i = next++) body(static_cast<int>(lane), i);
  };
  core::parallel_for(lanes, std::cref(take));
}

}  // namespace

CpuExecutor::CpuExecutor(const qgraph::QGraph& graph, const Kernels& kernels)
    : graph_(graph), kernels_(kernels) {
  qgraph::verify(graph_);
  plan_ = make_plan(graph_, kernels_, Materialise::kNeeded, kChunk);
  reserve(1, plan_.scratch_bytes);
}

std::string CpuExecutor::describe() const {
  const int threads = core::thread_limit();
  return fmt::format("cpu, kernels {}, {} thread{}", kernels_.name, threads,
                     threads == 1 ? "" : "s");
}

std::size_t CpuExecutor::memory_bytes() const {
  std::size_t bytes = plan_.weight_bytes;
  if (observed_plan_ != nullptr) bytes += observed_plan_->weight_bytes;
  for (const AlignedBytes& scratch : scratch_) bytes += scratch.size();
  return bytes;
}

std::size_t CpuExecutor::output_bytes() const { return image_bytes(graph_.output_type()); }

void CpuExecutor::run(std::span<const std::byte> input, int images, std::span<std::byte> output,
                      const backend::Observer& observer) {
  const std::lock_guard<std::mutex> lock(running_);
  check(input, images, output);
  if (observer) {
    run_observed(input, images, output, observer);
    return;
  }
  const int threads = core::thread_limit();
  const bool one_image_per_thread =
      images >= 4 * threads || (images >= threads && images % threads == 0);
  if (!one_image_per_thread) {
    for (int first = 0; first < images; first += kChunk) {
      core::check_interrupted();
      run_chunk(chunk(input, output, first, std::min(kChunk, images - first)),
                scratch_.front().data(), threads, nullptr);
    }
    return;
  }
  const int size = std::min(kChunk, (images + threads - 1) / threads);
  const int chunks = (images + size - 1) / size;
  const int lanes = std::min(threads, chunks);
  reserve(static_cast<std::size_t>(lanes), plan_.scratch_bytes);
  const auto run_piece = [&](int lane, int i) {
    core::check_interrupted();
    run_chunk(chunk(input, output, i * size, std::min(size, images - i * size)),
              scratch_[static_cast<std::size_t>(lane)].data(), 1, nullptr);
  };
  for_lanes(lanes, chunks, std::cref(run_piece));
}

void CpuExecutor::run_timed(std::span<const std::byte> input, int images,
                            std::span<std::byte> output, std::vector<double>& seconds) {
  const std::lock_guard<std::mutex> lock(running_);
  check(input, images, output);
  seconds.resize(plan_.steps.size() + 1);
  for (int first = 0; first < images; first += kChunk) {
    run_chunk(chunk(input, output, first, std::min(kChunk, images - first)),
              scratch_.front().data(), 1, &seconds);
  }
}

CpuExecutor::Chunk CpuExecutor::chunk(std::span<const std::byte> input, std::span<std::byte> output,
                                      int first, int count) const {
  const auto start = static_cast<std::size_t>(first);
  return {count, input.data() + start * image_bytes(graph_.input_type()),
          output.data() + start * image_bytes(graph_.output_type())};
}

void CpuExecutor::check(std::span<const std::byte> input, int images,
                        std::span<std::byte> output) const {
  core::expects(images >= 0, "the number of images is not negative");
  const auto count = static_cast<std::size_t>(images);
  const auto fits = [&](std::size_t bytes, std::size_t wanted, const char* what) {
    if (bytes == wanted) return;  // before a text is made
    core::expects(false, what, fmt::format("{} bytes for {} images", bytes, images));
  };
  fits(input.size(), count * image_bytes(graph_.input_type()),
       "the input holds the given number of images");
  fits(output.size(), count * image_bytes(graph_.output_type()),
       "the output has room for the given number of images");
}

void CpuExecutor::reserve(std::size_t lanes, std::size_t bytes) {
  while (scratch_.size() < lanes) scratch_.emplace_back();
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    if (scratch_[lane].size() < bytes) scratch_[lane] = AlignedBytes(bytes);
  }
}

void CpuExecutor::run_chunk(const Chunk& chunk, std::uint8_t* scratch, int threads,
                            std::vector<double>* seconds) const {
  const std::size_t in_bytes = image_bytes(graph_.input_type());
  const std::size_t out_bytes = image_bytes(graph_.output_type());
  if (plan_.steps.empty()) {
    std::memcpy(chunk.output, chunk.input, in_bytes * static_cast<std::size_t>(chunk.images));
    return;
  }
  const Layout& in = plan_.tensors[static_cast<std::size_t>(plan_.input)].layout;
  const Layout& out = plan_.tensors[static_cast<std::size_t>(plan_.output)].layout;
  Stopwatch watch;
  for (const Segment& segment : plan_.segments) {
    const bool is_first = &segment == &plan_.segments.front();
    const bool is_last = &segment == &plan_.segments.back();
    for (int group = 0; group < chunk.images; group += segment.group) {
      const int count = std::min(segment.group, chunk.images - group);
      const auto images = [&](int i) { return ChunkImages(plan_, scratch, group, group + i); };
      for (int i = 0; is_first && i < count; ++i) {
        import_codes(kernels_, in, chunk.input + static_cast<std::size_t>(group + i) * in_bytes,
                     images(i).image(plan_.input));
      }
      watch.lap(seconds, plan_.steps.size());
      for (int s = segment.first_step; s < segment.last_step; ++s) {
        const Step& step = *plan_.steps[static_cast<std::size_t>(s)];
        const int parts = step.parts(threads);
        // Parts outside, images inside: a part's weights serve the whole group.
        const auto work = [&](std::int64_t i) {
          step.run(images(static_cast<int>(i % count)), static_cast<int>(i / count), parts);
        };
        const std::int64_t pieces = std::int64_t{parts} * count;
        if (threads == 1 || pieces == 1) {
          for (std::int64_t i = 0; i < pieces; ++i) work(i);
        } else {
          core::parallel_for(pieces, std::cref(work));  // which allocates nothing
        }
        watch.lap(seconds, static_cast<std::size_t>(s));
      }
      for (int i = 0; is_last && i < count; ++i) {
        export_codes(kernels_, out, images(i).image(plan_.output),
                     chunk.output + static_cast<std::size_t>(group + i) * out_bytes);
      }
      watch.lap(seconds, plan_.steps.size());
    }
  }
}

void CpuExecutor::run_observed(std::span<const std::byte> input, int images,
                               std::span<std::byte> output, const backend::Observer& observer) {
  if (observed_plan_ == nullptr) {
    observed_plan_ =
        std::make_unique<Plan>(make_plan(graph_, kernels_, Materialise::kEveryNode, 1));
  }
  const Plan& plan = *observed_plan_;
  const std::size_t in_bytes = image_bytes(graph_.input_type());
  const std::size_t out_bytes = image_bytes(graph_.output_type());
  const int lanes = std::max(1, std::min(core::thread_limit(), images));
  reserve(static_cast<std::size_t>(lanes), plan.scratch_bytes);
  for_lanes(lanes, images, [&](int lane, int image) {
    core::check_interrupted();
    const ChunkImages tensors(plan, scratch_[static_cast<std::size_t>(lane)].data(), 0, 0);
    const auto layout = [&](TensorId id) -> const Layout& {
      return plan.tensors[static_cast<std::size_t>(id)].layout;
    };
    import_codes(kernels_, layout(0), input.data() + static_cast<std::size_t>(image) * in_bytes,
                 tensors.image(0));
    for (const auto& step : plan.steps) step->run(tensors, 0, 1);
    export_codes(kernels_, layout(plan.output), tensors.image(plan.output),
                 output.data() + static_cast<std::size_t>(image) * out_bytes);
    std::vector<std::int32_t> codes;
    for (qgraph::NodeId id = 0; id < static_cast<qgraph::NodeId>(graph_.nodes.size()); ++id) {
      codes.resize(static_cast<std::size_t>(
          graph_.nodes[static_cast<std::size_t>(id)].output.shape.elements()));
      widen_codes(layout(id), tensors.image(id), codes.data());
      observer({id, image, 1, codes});
    }
  });
}

}  // namespace shiftwise::cpu
