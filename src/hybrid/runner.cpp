// SPDX-License-Identifier: Apache-2.0
#include "hybrid/runner.h"

#include <algorithm>

#include "core/parallel.h"
#include "core/progress.h"
#include "graph/executor.h"
#include "graph/fold.h"
#include "qgraph/quantize_input.h"

namespace shiftwise::hybrid {
namespace {

/// A float network, which may be nothing but its input.
class FloatPart {
 public:
  FloatPart(const graph::Graph& graph, const graph::Executor::Options& options)
      : in_(graph.input_shape()), out_(in_) {
    if (graph.nodes.size() == 1) return;
    executor_ = std::make_unique<graph::Executor>(graph, options);
    out_ = executor_->output_shape();
  }

  core::ImageShape input() const { return in_; }
  core::ImageShape output() const { return out_; }

  void run(std::span<const float> input, int images, std::span<float> output) const {
    if (executor_) {
      executor_->run(input, images, output);
    } else {
      std::ranges::copy(input, output.begin());
    }
  }

 private:
  core::ImageShape in_;
  core::ImageShape out_;
  std::unique_ptr<graph::Executor> executor_;
};

/// The part of a [images][elements] buffer that belongs to one chunk.
template <typename T>
std::span<T> part(std::vector<T>& buffer, std::int64_t elements, int first, int count) {
  return std::span(buffer).subspan(static_cast<std::size_t>(first * elements),
                                   static_cast<std::size_t>(count * elements));
}

std::vector<float> floats(std::int64_t elements, int images) {
  return std::vector<float>(static_cast<std::size_t>(elements * images));
}

struct Chunk {
  int first = 0;
  int count = 0;
};

/// Calls body(chunk index, chunk) for the chunks of a batch, on all threads.
void for_chunks(int images, int per_chunk, const std::function<void(std::size_t, Chunk)>& body) {
  const int chunks = (images + per_chunk - 1) / per_chunk;
  core::parallel_for(chunks, [&](std::int64_t i) {
    core::check_interrupted();
    const int first = static_cast<int>(i) * per_chunk;
    body(static_cast<std::size_t>(i), {first, std::min(per_chunk, images - first)});
  });
}

}  // namespace

struct Runner::Parts {
  Parts(const Model& model, const graph::Graph& folded, const backend::Backend& backend,
        bool floats, const graph::Executor::Options& options)
      : images_per_chunk(options.images_per_chunk),
        front(graph::slice(folded, {1, model.range.first - 1}), options),
        tail(graph::slice(folded, {model.range.last + 1, folded.output()}), options),
        input_type(model.integers.input_type()),
        output_type(model.integers.output_type()),
        normalization(model.normalization),
        integers(backend.make(model.integers)) {
    if (!floats) return;
    middle = std::make_unique<FloatPart>(graph::slice(folded, model.range), options);
  }

  /// Normalises one chunk and runs it up to the range: floats of front.output().
  void run_front(const data::Dataset& dataset, std::int64_t first, int count,
                 std::span<float> output) const {
    std::vector<float> images = hybrid::floats(front.input().elements(), count);
    data::read_normalized(dataset, first, count, normalization, images);
    front.run(images, count, output);
  }

  std::int64_t input_elements() const { return input_type.shape.elements(); }
  std::int64_t output_elements() const { return output_type.shape.elements(); }
  std::int64_t output_bytes() const {
    return output_elements() *
           static_cast<std::int64_t>(qgraph::bytes_per_code(output_type.element));
  }

  int images_per_chunk;
  FloatPart front;
  std::unique_ptr<FloatPart> middle;  ///< what the integers replace; only for the baseline
  FloatPart tail;
  qgraph::Type input_type;
  qgraph::Type output_type;
  data::Normalization normalization;
  std::unique_ptr<backend::Executor> integers;
};

Runner::Runner(const Model& model, const backend::Backend& backend, bool with_float,
               int images_per_chunk, int threads_per_chunk)
    : parts_(std::make_unique<Parts>(
          model, graph::fold_batch_norms(model.network), backend, with_float,
          graph::Executor::Options{.images_per_chunk = images_per_chunk,
                                   .threads_per_chunk = threads_per_chunk,
                                   .observed = {}})) {}

Runner::~Runner() = default;

core::ImageShape Runner::input_shape() const { return parts_->front.input(); }

int Runner::classes() const { return static_cast<int>(parts_->tail.output().elements()); }

int Runner::images_per_batch() const {
  constexpr int kFewestChunks = 8;
  return parts_->images_per_chunk * std::max(kFewestChunks, core::thread_limit());
}

backend::Executor& Runner::integers() { return *parts_->integers; }

std::vector<std::byte> Runner::input_codes(const data::Dataset& dataset, std::int64_t first,
                                           int count) {
  const Parts& parts = *parts_;
  data::expect_images_fit(dataset, parts.front.input());
  std::vector<std::byte> codes(static_cast<std::size_t>(parts.input_elements() * count));
  for_chunks(count, parts.images_per_chunk, [&](std::size_t, Chunk chunk) {
    std::vector<float> entering = floats(parts.input_elements(), chunk.count);
    parts.run_front(dataset, first + chunk.first, chunk.count, entering);
    qgraph::quantize_input(parts.input_type, entering,
                           part(codes, parts.input_elements(), chunk.first, chunk.count));
  });
  return codes;
}

Batch Runner::run(const data::Dataset& dataset, std::int64_t first, int count) {
  const Parts& parts = *parts_;
  data::expect_images_fit(dataset, parts.front.input());
  const auto images = static_cast<std::size_t>(count);
  Batch batch;
  batch.images = count;
  batch.input_codes.resize(static_cast<std::size_t>(parts.input_elements()) * images);
  batch.output_codes.resize(static_cast<std::size_t>(parts.output_bytes()) * images);
  batch.logits = floats(classes(), count);
  if (parts.middle) batch.float_logits = floats(classes(), count);

  std::vector<float> entering = floats(parts.input_elements(), count);
  for_chunks(count, parts.images_per_chunk, [&](std::size_t, Chunk chunk) {
    const auto values = part(entering, parts.input_elements(), chunk.first, chunk.count);
    parts.run_front(dataset, first + chunk.first, chunk.count, values);
    qgraph::quantize_input(
        parts.input_type, values,
        part(batch.input_codes, parts.input_elements(), chunk.first, chunk.count));
  });

  parts.integers->run(batch.input_codes, count, batch.output_codes);

  std::vector<double> signal(images);
  std::vector<double> noise(images);
  for_chunks(count, parts.images_per_chunk, [&](std::size_t index, Chunk chunk) {
    std::vector<float> leaving = floats(parts.output_elements(), chunk.count);
    qgraph::dequantize(parts.output_type,
                       part(batch.output_codes, parts.output_bytes(), chunk.first, chunk.count),
                       leaving);
    parts.tail.run(leaving, chunk.count, part(batch.logits, classes(), chunk.first, chunk.count));
    if (!parts.middle) return;

    std::vector<float> exact = floats(parts.output_elements(), chunk.count);
    parts.middle->run(part(entering, parts.input_elements(), chunk.first, chunk.count), chunk.count,
                      exact);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const double difference = double{leaving[i]} - double{exact[i]};
      signal[index] += double{exact[i]} * double{exact[i]};
      noise[index] += difference * difference;
    }
    parts.tail.run(exact, chunk.count,
                   part(batch.float_logits, classes(), chunk.first, chunk.count));
  });
  for (std::size_t i = 0; i < images; ++i) {  // in order: the same sum for any thread count
    batch.signal += signal[i];
    batch.noise += noise[i];
  }
  return batch;
}

}  // namespace shiftwise::hybrid
