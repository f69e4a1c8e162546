// SPDX-License-Identifier: Apache-2.0
// Where an executor's time goes, beside what the machine could do at most.
#pragma once

#include <string>
#include <vector>

#include "cpu/cpu.h"

namespace shiftwise::cpu {

/// What the machine calls its processor.
std::string processor_name();

/// Multiply-adds per second of one thread that runs the path's best instruction on registers
/// only; the best of several tries. Takes about 50 ms.
double measure_peak(const std::string& path);

/// One step of the compiled network: a node, or several that are computed together.
struct StepProfile {
  std::string name;          ///< "layer1.0.conv3 + layer1.0.add"
  std::int64_t macs = 0;     ///< for one image
  double seconds = 0;        ///< for one image, the fastest repetition
  double share_of_peak = 0;  ///< macs / seconds / peak
};

struct Profile {
  std::string path;                ///< the kernels
  double peak = 0;                 ///< multiply-adds per second, one thread
  std::vector<StepProfile> steps;  ///< in order; the last is bringing codes in and out
};

/// Times an executor of cpu_backend() or make_executor() step by step, on one thread.
/// input: [images][C][H][W], borrowed. Throws Error where `executor` is another backend's.
Profile profile(backend::Executor& executor, std::span<const std::byte> input, int images,
                int repetitions);

}  // namespace shiftwise::cpu
