// SPDX-License-Identifier: Apache-2.0
#include "model/sketch.h"

namespace shiftwise::tests {
namespace {

void add_values(model::Checkpoint& checkpoint, const std::string& name, core::Shape shape) {
  core::Tensor<float> tensor(std::move(shape));
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    tensor.values[i] = 0.25F + static_cast<float>(i % 7);
  }
  checkpoint.tensors[name] = std::move(tensor);
}

/// The main branch; without batch norms for the published conv2_x.
void add_main_branch(model::Checkpoint& checkpoint, const std::string& block, int inputs,
                     int outputs, bool bottleneck, bool norms) {
  const int inner = bottleneck ? outputs / 4 : outputs;
  const int count = bottleneck ? 3 : 2;
  for (int i = 1; i <= count; ++i) {
    const int made = i == count ? outputs : inner;
    const int kernel = bottleneck && i != 2 ? 1 : 3;
    add_conv(checkpoint, block + ".conv" + std::to_string(i), made, i == 1 ? inputs : inner,
             kernel);
    if (norms) add_norm(checkpoint, block + ".bn" + std::to_string(i), made);
  }
}

void add_projection(model::Checkpoint& checkpoint, const std::string& name, int inputs, int outputs,
                    bool norm) {
  add_conv(checkpoint, name + ".0", outputs, inputs, 1);
  if (norm) add_norm(checkpoint, name + ".1", outputs);
}

}  // namespace

void add_conv(model::Checkpoint& checkpoint, const std::string& name, int outputs, int inputs,
              int kernel) {
  add_values(checkpoint, name + ".weight", {outputs, inputs, kernel, kernel});
}

void add_norm(model::Checkpoint& checkpoint, const std::string& name, int channels) {
  for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
    add_values(checkpoint, name + part, {channels});
  }
  checkpoint.skipped[name + ".num_batches_tracked"] = "I64";
}

void add_linear(model::Checkpoint& checkpoint, const std::string& name, int outputs, int inputs) {
  add_values(checkpoint, name + ".weight", {outputs, inputs});
  add_values(checkpoint, name + ".bias", {outputs});
}

model::Checkpoint draw(const Sketch& sketch) {
  model::Checkpoint checkpoint;
  checkpoint.path = "sketch.pt";
  int channels = sketch.bottleneck ? sketch.widths[0] / 4 : sketch.widths[0];
  add_conv(checkpoint, "conv1", channels, 3, sketch.stem_kernel);
  add_norm(checkpoint, "bn1", channels);
  for (std::size_t stage = 0; stage < sketch.depths.size(); ++stage) {
    for (int i = 0; i < sketch.depths[stage]; ++i) {
      const std::string block = "layer" + std::to_string(stage + 1) + "." + std::to_string(i);
      const int outputs = sketch.widths[stage];
      const int stride = i == 0 ? sketch.strides[stage] : 1;
      add_main_branch(checkpoint, block, channels, outputs, sketch.bottleneck, true);
      if (sketch.projections && (stride != 1 || channels != outputs)) {
        const char* name = sketch.torchvision ? ".downsample" : ".shortcut";
        add_projection(checkpoint, block + name, channels, outputs, true);
      }
      channels = outputs;
    }
  }
  add_linear(checkpoint, sketch.torchvision ? "fc" : "linear", sketch.classes, channels);
  return checkpoint;
}

model::Checkpoint draw_split(const std::vector<int>& depths) {
  model::Checkpoint checkpoint;
  checkpoint.path = "sketch.pt";
  int channels = 4;
  add_conv(checkpoint, "first.conv1", channels, 3, 3);
  add_norm(checkpoint, "first.bn1", channels);
  for (std::size_t stage = 0; stage < depths.size(); ++stage) {
    const int outputs = 16 << stage;
    for (int i = 0; i < depths[stage]; ++i) {
      const std::string block =
          stage == 0 ? "aie.layer" + std::to_string(i + 1)
                     : "post.layer" + std::to_string(stage + 1) + "." + std::to_string(i);
      add_main_branch(checkpoint, block, channels, outputs, true, stage != 0);
      if (channels != outputs) {
        add_projection(checkpoint, block + ".shortcut", channels, outputs, stage != 0);
      }
      channels = outputs;
    }
  }
  add_linear(checkpoint, "post.linear", 10, channels);
  return checkpoint;
}

}  // namespace shiftwise::tests
