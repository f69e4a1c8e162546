// SPDX-License-Identifier: Apache-2.0
#include "dialect/read.h"

#include <fmt/format.h>

#include "core/diagnostic.h"
#include "core/file.h"
#include "dialect/derive/core_program.h"
#include "dialect/derive/declarations.h"
#include "dialect/derive/dma_programs.h"
#include "dialect/derive/fifo_declarations.h"
#include "dialect/derive/lower_affine.h"
#include "dialect/derive/refuse.h"
#include "dialect/derive/sequences.h"
#include "dialect/text/module.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

/// Switch settings are left out on reading, because flows say the same. Without flows there is
/// nothing left that says where streams go.
bool routed_only(const ParsedModule& parsed, const DeviceProgram& program) {
  const bool settings = parsed.skipped.contains("aie.switchbox");
  return settings && program.routes.empty() && !program.dma_tasks.empty();
}

DeviceProgram read_device(ops::DeviceOp device, const ParsedModule& parsed,
                          const target::Facts& facts) {
  if (device.getBody().empty()) refuse_invalid(where(device), "it holds nothing");
  Names names;
  Design design = read_declarations(device, facts, names);
  count_acquires(device, design);
  read_dma_programs(device, names, design);
  const FifoPorts ends = lower_fifos(design);
  read_cores(device, names, ends, design);
  read_sequences(device, names, design);
  if (routed_only(parsed, design.program)) {
    refuse_unsupported(where(device), "its streams are only given as switch settings",
                       "use the design before routing, which has aie.flow");
  }
  verify(design.program, design.device);
  for (std::string& note : undeclared_transfers(design.program)) {
    design.program.notes.push_back(std::move(note));
  }
  return std::move(design.program);
}

}  // namespace

Program read_program(const std::string& text, const std::string& name, const target::Facts& facts) {
  const ParsedModule parsed = parse_module(text, name);
  Program program{.file = name};
  mlir::ModuleOp module = *parsed.module;
  lower_affine(module);
  for (auto device : module.getOps<ops::DeviceOp>()) {
    program.devices.push_back(read_device(device, parsed, facts));
    std::vector<std::string>& notes = program.devices.back().notes;
    for (const auto& [operation, count] : parsed.skipped) {
      notes.push_back(fmt::format("{}: {} {} left out", name, count, operation));
    }
  }
  if (program.devices.empty()) {
    refuse_invalid(name, "it holds no aie.device", "wrap the design: aie.device(npu1) { ... }");
  }
  verify_runs(program);
  return program;
}

Program read_program_file(const std::string& path, const target::Facts& facts) {
  const core::MappedFile file(path);
  return read_program(std::string(file.text()), path, facts);
}

}  // namespace shiftwise::dialect
