// SPDX-License-Identifier: Apache-2.0
#include "graph/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <unordered_map>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "graph/program.h"

namespace shiftwise::graph {
namespace {

struct AlignedDelete {
  void operator()(std::byte* bytes) const {
    ::operator delete[](bytes, std::align_val_t{kBufferAlignment});
  }
};

/// What one call of run() needs for itself.
struct Workspace {
  explicit Workspace(const Program& program)
      : bytes(new(std::align_val_t{kBufferAlignment}) std::byte[program.workspace_bytes]),
        stream(onednn::engine()) {
    for (const Value& value : program.values) {
      const Buffer& buffer = program.buffers[static_cast<std::size_t>(value.buffer)];
      values.emplace_back(value.layout, onednn::engine(), bytes.get() + buffer.offset);
    }
    for (const Step& step : program.steps) {
      auto& step_arguments = arguments.emplace_back();
      const auto* compute = std::get_if<Compute>(&step);
      if (compute == nullptr) continue;
      for (const auto& [argument, constant] : compute->constants) {
        step_arguments.emplace(argument, constant);
      }
      for (const auto& [argument, value] : compute->values) {
        step_arguments.emplace(argument, values[static_cast<std::size_t>(value)]);
      }
    }
  }

  float* data(ValueId value) const {
    return static_cast<float*>(values[static_cast<std::size_t>(value)].get_data_handle());
  }

  std::unique_ptr<std::byte[], AlignedDelete> bytes;
  dnnl::stream stream;
  std::vector<dnnl::memory> values;
  std::vector<std::unordered_map<int, dnnl::memory>> arguments;  ///< by step
};

void subsample(const Subsample& step, int images, const float* from, float* to) {
  const SubsamplePad& op = step.operation;
  const core::ImageShape& shape = step.from_shape;
  const int height = (shape.height - 1) / op.stride + 1;
  const int width = (shape.width - 1) / op.stride + 1;
  for (int image = 0; image < images; ++image) {
    for (int c = 0; c < op.outputs; ++c) {
      const int source = c - op.channels_before;
      if (source < 0 || source >= shape.channels) {
        to = std::fill_n(to, std::ptrdiff_t{height} * width, 0.0F);
        continue;
      }
      const float* plane =
          from + (std::ptrdiff_t{image} * shape.channels + source) * shape.height * shape.width;
      for (int y = 0; y < height; ++y) {
        const float* row = plane + std::ptrdiff_t{y} * op.stride * shape.width;
        for (int x = 0; x < width; ++x) *to++ = row[std::ptrdiff_t{x} * op.stride];
      }
    }
  }
}

}  // namespace

struct Executor::Plan {
  explicit Plan(Program compiled) : program(std::move(compiled)) {}

  Program program;
  std::mutex mutex;
  std::vector<std::unique_ptr<Workspace>> idle;

  std::unique_ptr<Workspace> take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        std::unique_ptr<Workspace> workspace = std::move(idle.back());
        idle.pop_back();
        return workspace;
      }
    }
    return std::make_unique<Workspace>(program);
  }

  void give_back(std::unique_ptr<Workspace> workspace) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(workspace));
  }

  /// How many floats `images` images of a node's output are.
  std::size_t size(NodeId id, int images) const {
    return static_cast<std::size_t>(program.shapes[static_cast<std::size_t>(id)].elements() *
                                    images);
  }
};

Executor::Executor(const Graph& graph, const Options& options)
    : plan_(std::make_unique<Plan>(compile(graph, options))) {}

Executor::~Executor() = default;

int Executor::images_per_chunk() const { return plan_->program.images; }
core::ImageShape Executor::input_shape() const { return plan_->program.shapes.front(); }
core::ImageShape Executor::output_shape() const { return plan_->program.shapes.back(); }
std::size_t Executor::workspace_bytes() const { return plan_->program.workspace_bytes; }
std::size_t Executor::weight_bytes() const { return plan_->program.weight_bytes; }

void Executor::run(std::span<const float> input, int images, std::span<float> output,
                   const Observer& observer) const {
  const Program& program = plan_->program;
  const auto last = static_cast<NodeId>(program.shapes.size()) - 1;
  core::expects(images >= 1 && images <= program.images, "a chunk is not larger than promised",
                fmt::format("{} images, at most {}", images, program.images));
  core::expects(input.size() == plan_->size(0, images), "the input has the network's shape",
                fmt::format("{} floats for {} images", input.size(), images));
  core::expects(output.size() == plan_->size(last, images), "the output has the network's shape",
                fmt::format("{} floats for {} images", output.size(), images));
  core::check_interrupted();

  const onednn::Threads threads(program.threads);
  std::unique_ptr<Workspace> workspace = plan_->take();
  // The rest of a chunk is computed too, from zeros: the same primitives, so the same bits.
  float* padded = std::copy(input.begin(), input.end(), workspace->data(0));
  std::fill(padded, workspace->data(0) + plan_->size(0, program.images), 0.0F);
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    if (const auto* compute = std::get_if<Compute>(&step)) {
      compute->primitive.execute(workspace->stream, workspace->arguments[i]);
    } else if (const auto* sub = std::get_if<Subsample>(&step)) {
      subsample(*sub, program.images, workspace->data(sub->from), workspace->data(sub->to));
    } else {
      const Show& show = std::get<Show>(step);
      const std::span<const float> values(workspace->data(show.value),
                                          plan_->size(show.node, images));
      if (show.node == last) std::copy(values.begin(), values.end(), output.begin());
      if (observer && program.observed[static_cast<std::size_t>(show.node)]) {
        observer(show.node, values);
      }
    }
  }
  workspace->stream.wait();
  plan_->give_back(std::move(workspace));
}

}  // namespace shiftwise::graph
