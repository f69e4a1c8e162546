// SPDX-License-Identifier: Apache-2.0
#include "dialect/verify/verify.h"

#include <fmt/format.h>

#include "core/suggest.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

const DeviceProgram& device_of(const Program& program, const RunSequence& run,
                               const std::string& where) {
  std::vector<std::string> names;
  for (const DeviceProgram& device : program.devices) {
    if (device.name == run.device) return device;
    if (!device.name.empty()) names.push_back(device.name);
  }
  refuse_invalid(where, fmt::format("there is no device '{}'", run.device),
                 core::suggest(run.device, names));
}

void verify_run(const Program& program, const Sequence& from, const RunSequence& run,
                const std::string& where) {
  const DeviceProgram& device = device_of(program, run, where);
  std::vector<std::string> names;
  for (const Sequence& sequence : device.sequences) {
    names.push_back(sequence.name);
    if (sequence.name != run.sequence) continue;
    if (sequence.arguments.size() != run.arguments.size()) {
      refuse_invalid(where, fmt::format("'{}' takes {} host buffers, not {}", run.sequence,
                                        sequence.arguments.size(), run.arguments.size()));
    }
    for (std::size_t i = 0; i < run.arguments.size(); ++i) {
      const auto given = static_cast<std::size_t>(run.arguments[i]);
      if (from.arguments[given].text != sequence.arguments[i].text) {
        refuse_invalid(where, fmt::format("host buffer {} of '{}' is {}, not {}", i, run.sequence,
                                          sequence.arguments[i].text, from.arguments[given].text));
      }
    }
    return;
  }
  refuse_invalid(where, fmt::format("device '{}' has no sequence '{}'", run.device, run.sequence),
                 core::suggest(run.sequence, names));
}

}  // namespace

void verify(const DeviceProgram& program, const target::Device& device) {
  verify_memory(program, device);
  verify_locks(program, device);
  verify_channels(program, device);
  verify_routes(program, device);
  verify_cores(program, device);
  verify_sequences(program, device);
}

void verify_runs(const Program& program) {
  for (const DeviceProgram& device : program.devices) {
    for (const Sequence& sequence : device.sequences) {
      for (const HostOperation& operation : sequence.operations) {
        if (const auto* run = std::get_if<RunSequence>(&operation.what)) {
          verify_run(program, sequence, *run, at(operation.location, "aiex.run"));
        }
      }
    }
  }
}

}  // namespace shiftwise::dialect
