// SPDX-License-Identifier: Apache-2.0
// The machines. AM020-n: AI Engine ML architecture manual, chapter n; AM025: its registers;
// TM: AIETargetModel of mlir-aie; JD: logs of a Ryzen 7 8700G.
#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "target/device.h"

namespace shiftwise::target {
namespace {

constexpr std::int64_t kKiB = 1024;

// Descriptors: AM025 noc_module, memory_tile_module, memory_module dma/bd.txt. Resources: TM,
// AM020-2, AM020-5. Queue: AM020-5; a push onto a full queue is lost (mlir-aie DMATasks.md).
TileFacts shim_facts() {
  return {.dma_channels = 2,
          .descriptors = 16,
          .locks = 16,
          .queue_depth = 4,
          .descriptor = {.length_words = 0xFFFFFFFF,
                         .dimensions = 3,
                         .wrap = 1023,
                         .step_words = 1 << 20,
                         .iterations = 64,
                         .iteration_step_words = 1 << 20,
                         .packet_ids = 32}};
}

TileFacts mem_facts() {
  return {.memory_bytes = 512 * kKiB,
          .banks = 8,
          .dma_channels = 6,
          .descriptors = 48,
          .locks = 64,
          .queue_depth = 4,
          .descriptor = {.length_words = (1 << 17) - 1,
                         .dimensions = 4,
                         .wrap = 1023,
                         .step_words = 1 << 17,
                         .iterations = 64,
                         .iteration_step_words = 1 << 17,
                         .padding_words = {63, 31, 15},
                         .packet_ids = 32}};
}

TileFacts compute_facts() {
  return {.memory_bytes = 64 * kKiB,
          .banks = 4,
          .program_bytes = 16 * kKiB,
          .dma_channels = 2,
          .descriptors = 16,
          .locks = 16,
          .queue_depth = 4,
          .descriptor = {.length_words = (1 << 14) - 1,
                         .dimensions = 3,
                         .wrap = 255,
                         .step_words = 1 << 13,
                         .iterations = 64,
                         .iteration_step_words = 1 << 13,
                         .packet_ids = 32}};
}

Device aie2(std::string name, int columns, int mem_rows, int compute_rows) {
  return {.name = std::move(name),
          .architecture = Architecture::kAie2,
          .columns = columns,
          .mem_rows = mem_rows,
          .compute_rows = compute_rows,
          .shim_dma_columns = {},
          .shim = shim_facts(),
          .mem = mem_facts(),
          .compute = compute_facts(),
          .lock_max = 63,          // TM, AM025: 6 bits
          .task_repeat_max = 255,  // JD, from TM
          .cascade_bits = 512,     // TM
          .cascade_depth = 4,      // AM020-2: two on each side
          .macs_int8 = 256,        // AM020-4
          .macs_int16_int8 = 128,  // JD; mlir-aie section-4c
          .macs_int16 = 64,
          .stack_bytes = kKiB,  // AIEOps.td
          .timing = {}};
}

/// Strix and Krackan. Twice the multipliers: aie_api detail/aie2p/mmul_8_8.hpp. Timing: none
/// is published, npu1's is taken.
Device aie2p(std::string name, int columns) {
  Device device = aie2(std::move(name), columns, 1, 4);
  device.architecture = Architecture::kAie2p;
  device.macs_int8 = 512;
  device.macs_int16_int8 = 256;
  device.macs_int16 = 128;
  return device;
}

Device with_shim_dmas(Device device, std::vector<int> columns) {
  device.shim_dma_columns = std::move(columns);
  return device;
}

constexpr int kNpuMemRows = 1;
constexpr int kNpuComputeRows = 4;

/// One of the names of a machine: columns 0 means the whole array.
struct Name {
  std::string name;
  Device (*make)(const std::string& name, int columns);
  int columns;
};

Device make_npu1(const std::string&, int columns) {
  const bool whole = columns == 4;
  return aie2(whole ? "npu1" : fmt::format("npu1_{}col", columns), columns, kNpuMemRows,
              kNpuComputeRows);
}

/// The name of 2023 and early 2024, when npu1 was modelled with five columns. Designs of that
/// time begin at column 0, which the model gave no DMA; here every column has one.
Device make_ipu(const std::string&, int columns) {
  return aie2("ipu", columns, kNpuMemRows, kNpuComputeRows);
}

Device make_npu2(const std::string&, int columns) {
  const bool whole = columns == 8;
  return aie2p(whole ? "npu2" : fmt::format("npu2_{}col", columns), columns);
}

// Versal: sizes and columns with a DMA from TM.
Device make_ve2302(const std::string& name, int columns) {
  return with_shim_dmas(aie2(name, columns, 1, 2), {2, 3, 6, 7, 10, 11});
}
Device make_ve2802(const std::string& name, int columns) {
  return with_shim_dmas(aie2(name, columns, 2, 8), {2, 3, 6, 7, 14, 15, 22, 23, 30, 31, 34, 35});
}

const std::vector<Name>& names() {
  static const std::vector<Name> all = [] {
    std::vector<Name> result = {{"npu1", make_npu1, 4},        {"npu2", make_npu2, 8},
                                {"npu", make_ipu, 5},          {"ipu", make_ipu, 5},
                                {"xcve2302", make_ve2302, 17}, {"xcve2802", make_ve2802, 38}};
    for (int n = 1; n <= 4; ++n) result.push_back({fmt::format("npu1_{}col", n), make_npu1, n});
    for (int n = 1; n <= 8; ++n) result.push_back({fmt::format("npu2_{}col", n), make_npu2, n});
    return result;
  }();
  return all;
}

}  // namespace

std::vector<std::string> device_names() {
  std::vector<std::string> result;
  for (const Name& name : names()) result.push_back(name.name);
  return result;
}

Device find_device(const std::string& name) {
  for (const Name& known : names()) {
    if (known.name == name) return known.make(name, known.columns);
  }
  if (name == "xcvc1902") {
    throw core::Error({.what = "device 'xcvc1902' is not supported",
                       .why = "it is an array of first generation AI Engines (AIE1)",
                       .hint = "designs for npu1, npu2 (AIE2, AIE2P)"});
  }
  const std::vector<std::string> known = device_names();
  throw core::Error(
      {.what = fmt::format("there is no device '{}'", name), .hint = core::suggest(name, known)});
}

}  // namespace shiftwise::target
