// SPDX-License-Identifier: Apache-2.0
#include "lower/cost.h"

#include <params.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "lower/kernel.h"
#include "target/kernel_cost.h"

namespace shiftwise::lower {
namespace {

/// Adds up what the calls of one core take.
class CoreCost {
 public:
  CoreCost(const Program& program, const Design& design, const target::Device& device)
      : program_(program), architecture_(device.architecture) {
    for (const ParameterBuffer& buffer : program.parameters) words_[buffer.name] = buffer.initial;
    for (const RuntimeParameter& parameter : design.parameters) {
      words_[parameter.buffer][static_cast<std::size_t>(parameter.word)] = parameter.value;
    }
  }

  /// Of one image; empty where a call has no cost.
  std::optional<std::int64_t> run(const Core& core) {
    known_ = true;
    const std::int64_t all = sum(core.body);
    if (!known_) return {};
    return (all + core.images - 1) / core.images;
  }

 private:
  std::int64_t sum(const std::vector<Step>& steps) {
    std::int64_t cycles = 0;
    for (const Step& step : steps) {
      if (const auto* loop = std::get_if<Loop>(&step)) {
        cycles += std::max<std::int64_t>(loop->times, 1) * sum(loop->body);
      } else if (const auto* call = std::get_if<Call>(&step)) {
        cycles += cost(*call);
      }
    }
    return cycles;
  }

  std::int64_t cost(const Call& call) {
    std::span<const std::int32_t> words;
    std::vector<std::int32_t> scalars;
    for (const Argument& argument : call.arguments) {
      if (const auto* constant = std::get_if<Constant>(&argument)) {
        scalars.push_back(constant->value);
      } else if (const auto* buffer = std::get_if<BufferView>(&argument)) {
        const auto found = words_.find(buffer->buffer);
        if (found != words_.end()) words = found->second;
      }
    }
    const auto cycles = target::own_kernel_cycles(architecture_, call.function, words, scalars);
    known_ = known_ && cycles.has_value();
    return cycles ? cycles->cycles : 0;
  }

  const Program& program_;
  target::Architecture architecture_;
  std::map<std::string, std::vector<std::int32_t>> words_;
  bool known_ = true;
};

}  // namespace

std::int64_t multiplying_cycles(std::int64_t macs, const target::Device& device) {
  return (macs + device.macs_int8 - 1) / device.macs_int8;
}

std::int64_t row_cycles(const qgraph::QGraph& graph, const Layer& layer, int made,
                        const target::Device& device) {
  Words words = parameter_words(graph, layer,
                                {.in0_groups = groups(graph, layer.input),
                                 .in1_groups = 0,
                                 .made = {0, made},
                                 .weights = {0, made}});
  for (const Word& word : words.runtime) {
    words.initial[static_cast<std::size_t>(word.index)] = word.value;
  }
  const std::int32_t inner[] = {SW_BORDER_NONE};
  const auto cost = target::own_kernel_cycles(device.architecture,
                                              choose_kernel(graph, layer, KernelAbi::kOwn).symbol,
                                              words.initial, inner);
  return cost ? cost->cycles : 0;
}

std::int64_t copy_cycles(std::int64_t bytes, const target::Device& device) {
  const std::int32_t scalars[] = {0, static_cast<std::int32_t>(bytes)};
  const auto cost = target::own_kernel_cycles(device.architecture, "sw_copy_u8", {}, scalars);
  return cost ? cost->cycles : 0;
}

void measure(const Program& program, const TileUses& uses, const target::Device& device,
             Design& design) {
  std::map<std::string, std::int64_t> words;
  for (const Fifo& fifo : program.fifos) {
    words[fifo.name] = fifo.per_image * fifo.object.bytes() / 4;
  }
  std::sort(design.tiles.begin(), design.tiles.end(),
            [](const TileLoad& a, const TileLoad& b) { return a.tile < b.tile; });
  CoreCost cost(program, design, device);
  for (TileLoad& load : design.tiles) {
    const TileUse& use = uses.at(load.tile);
    load.memory_bytes = use.bytes();
    load.mac_cycles_per_image = multiplying_cycles(load.macs_per_image, device);
    const auto core = std::find_if(program.cores.begin(), program.cores.end(),
                                   [&](const Core& one) { return one.tile == load.tile; });
    load.kernel_cycles_per_image = cost.run(*core);
    for (const std::string& fifo : use.s2mm) {
      load.stream_words_in_per_image = std::max(load.stream_words_in_per_image, words[fifo]);
    }
    for (const std::string& fifo : use.mm2s) {
      load.stream_words_out_per_image = std::max(load.stream_words_out_per_image, words[fifo]);
    }
  }
}

Bounds bounds(const Design& design, const target::Device& device) {
  const auto most = [&](auto cycles) {
    Bounds::Tile busiest;
    for (const TileLoad& load : design.tiles) {
      if (cycles(load) > busiest.cycles) busiest = {load.tile, cycles(load)};
    }
    return busiest;
  };
  Bounds result;
  result.copies = design.copies;
  result.multiplications = most([](const TileLoad& load) { return load.mac_cycles_per_image; });
  if (std::all_of(design.tiles.begin(), design.tiles.end(),
                  [](const TileLoad& load) { return load.kernel_cycles_per_image.has_value(); })) {
    result.kernels = most([](const TileLoad& load) { return *load.kernel_cycles_per_image; });
  }
  const Bounds::Tile in = most([](const TileLoad& load) { return load.stream_words_in_per_image; });
  const Bounds::Tile out =
      most([](const TileLoad& load) { return load.stream_words_out_per_image; });
  result.stream_enters = in.cycles >= out.cycles;
  result.streams = result.stream_enters ? in : out;
  result.stream_words = result.streams.cycles;
  const auto time = [](std::int64_t amount, double per_cycle) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(amount) / per_cycle));
  };
  result.streams.cycles = time(result.stream_words, device.timing.stream_words_per_cycle);
  result.ddr = time(std::max(design.input.image_bytes(), design.output.image_bytes()),
                    device.timing.ddr_bytes_per_cycle());
  return result;
}

double Bounds::interval() const {
  const auto copy = static_cast<double>(std::max(compute(), streams.cycles));
  return std::max(copy / copies, static_cast<double>(ddr));
}

std::string_view Bounds::binding() const {
  if (static_cast<double>(ddr) >= interval()) return "DDR binds";
  return compute() >= streams.cycles ? "compute binds" : "streams bind";
}

}  // namespace shiftwise::lower
