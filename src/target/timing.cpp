// SPDX-License-Identifier: Apache-2.0
#include "target/timing.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "target/named_number.h"

namespace shiftwise::target {
namespace {

constexpr double kMany = 1e6;

/// AM020: AI Engine ML architecture manual, by chapter. EMU: the xdna-emu project's findings
/// on a Phoenix laptop. JD: the ryzen-ai-xdna1-quantization logs of a Ryzen 7 8700G.
constexpr TimingConstant kConstants[] = {
    {"clock_hz", &Timing::clock_hz, 1e6, 1e10, "M", "JD clock_probe_npu: default power mode"},
    {"stream_words_per_cycle", &Timing::stream_words_per_cycle, 0.01, 16, "M", "AM020-2; EMU, JD"},
    {"hop_cycles", &Timing::hop_cycles, 0, kMany, "D", "AM020-2, external to external"},
    {"hop_local_cycles", &Timing::hop_local_cycles, 0, kMany, "D", "AM020-2, local to external"},
    {"port_fifo_words", &Timing::port_fifo_words, 1, kMany, "D", "AM020-2"},
    {"s2mm_buffer_words", &Timing::s2mm_buffer_words, 1, kMany, "M", "EMU device-model-audit"},
    {"mm2s_buffer_words", &Timing::mm2s_buffer_words, 1, kMany, "?", "EMU device-model-audit"},
    {"channel_start_cycles", &Timing::channel_start_cycles, 0, kMany, "?", "EMU dma/timing.rs"},
    {"descriptor_setup_cycles", &Timing::descriptor_setup_cycles, 0, kMany, "?",
     "EMU dma/timing.rs"},
    {"descriptor_switch_cycles", &Timing::descriptor_switch_cycles, 0, kMany, "M",
     "EMU dma/timing.rs"},
    {"memory_latency_cycles", &Timing::memory_latency_cycles, 0, kMany, "?", "EMU dma/timing.rs"},
    {"mem_tile_release_cycles", &Timing::mem_tile_release_cycles, 0, kMany, "M",
     "EMU dma/timing.rs: when nothing pushes back"},
    {"lock_cycles", &Timing::lock_cycles, 0, kMany, "D", "EMU lock-model"},
    {"lock_arbitration_cycles", &Timing::lock_arbitration_cycles, 0, kMany, "M",
     "EMU core-compute-timing"},
    {"instruction_cycles", &Timing::instruction_cycles, 1, kMany, "I",
     "one bundle for each operation of a core's own code"},
    {"branch_cycles", &Timing::branch_cycles, 0, kMany, "?", "EMU model_builder.rs"},
    {"call_cycles", &Timing::call_cycles, 0, kMany, "M",
     "mlir-aie aie-kernel-opt-static: the constant of the predictor"},
    {"shim_mm2s_task_cycles", &Timing::shim_mm2s_task_cycles, 0, kMany, "M",
     "EMU model_builder.rs"},
    {"shim_s2mm_task_cycles", &Timing::shim_s2mm_task_cycles, 0, kMany, "M",
     "EMU model_builder.rs"},
    {"shim_mm2s_first_cycles", &Timing::shim_mm2s_first_cycles, 0, kMany, "M",
     "EMU model_builder.rs"},
    {"shim_s2mm_first_cycles", &Timing::shim_s2mm_first_cycles, 0, kMany, "M",
     "EMU model_builder.rs"},
    {"shim_first_decay", &Timing::shim_first_decay, 0, 1, "M", "EMU model_builder.rs"},
    {"ddr_bytes_per_second", &Timing::ddr_bytes_per_second, 1e6, 1e13, "M",
     "JD SILICON.md 1.6: 26 to 28e9"},
    {"controller_op_ns", &Timing::controller_op_ns, 0, kMany, "M",
     "ignite-xdna SILICON.md; EMU finds about 350 an operation, 1500 a push"},
    {"ops_per_task", &Timing::ops_per_task, 0, 1000, "I",
     "block write, address patch, control of a memcpy"},
    {"ops_per_push", &Timing::ops_per_push, 0, 1000, "D", "one write to the task queue"},
    {"rewrite_patience_cycles", &Timing::rewrite_patience_cycles, 0, kMany, "I",
     "EMU measured two writes to task queues about 2700 cycles apart; here they are nearer"},
    {"dispatch_us", &Timing::dispatch_us, 0, kMany, "M", "JD dispatch_floor_npu: submit and wait"},
};

}  // namespace

std::span<const TimingConstant> timing_constants() { return kConstants; }

double value(const Timing& timing, const TimingConstant& constant) {
  return std::visit([&](auto member) { return static_cast<double>(timing.*member); },
                    constant.member);
}

void require_in_range(std::string_view name, double value, const NumberRange& range) {
  const bool inside = value >= range.least && value <= range.most;  // NaN is not
  if (inside && (!range.whole || std::floor(value) == value)) return;
  throw core::Error(
      {.what = fmt::format("{} cannot be {}", name, value),
       .why = fmt::format("it is {} from {} to {}", range.whole ? "a whole number" : "a number",
                          range.least, range.most)});
}

void set_constant(Timing& timing, const std::string& name, double value) {
  std::vector<std::string> names;
  for (const TimingConstant& constant : kConstants) {
    names.emplace_back(constant.name);
    if (constant.name != name) continue;
    const bool whole = std::holds_alternative<std::int64_t Timing::*>(constant.member);
    require_in_range(name, value, {constant.least, constant.most, whole});
    if (whole) {
      timing.*std::get<std::int64_t Timing::*>(constant.member) = std::llround(value);
    } else {
      timing.*std::get<double Timing::*>(constant.member) = value;
    }
    return;
  }
  throw core::Error({.what = fmt::format("there is no timing constant '{}'", name),
                     .hint = core::suggest(name, names)});
}

}  // namespace shiftwise::target
