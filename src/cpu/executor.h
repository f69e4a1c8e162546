// SPDX-License-Identifier: Apache-2.0
// Runs a plan over images.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "backend/backend.h"
#include "cpu/aligned.h"
#include "cpu/plan.h"

namespace shiftwise::cpu {

class CpuExecutor : public backend::Executor {
 public:
  /// graph: copied; verified here.
  CpuExecutor(const qgraph::QGraph& graph, const Kernels& kernels);

  std::string describe() const override;
  std::size_t memory_bytes() const override;
  void run(std::span<const std::byte> input, int images, std::span<std::byte> output,
           const backend::Observer& observer = {}) override;

  const Plan& plan() const { return plan_; }
  /// Bytes of one image's output.
  std::size_t output_bytes() const;
  const Kernels& kernels() const { return kernels_; }
  /// As run() on one thread; adds the time of step i to seconds[i], and that of bringing codes
  /// in and out to seconds[number of steps].
  void run_timed(std::span<const std::byte> input, int images, std::span<std::byte> output,
                 std::vector<double>& seconds);

 private:
  /// Consecutive images that go through the plan together.
  struct Chunk {
    int images = 0;
    const std::byte* input = nullptr;
    std::byte* output = nullptr;
  };

  Chunk chunk(std::span<const std::byte> input, std::span<std::byte> output, int first,
              int count) const;
  void check(std::span<const std::byte> input, int images, std::span<std::byte> output) const;
  void reserve(std::size_t lanes, std::size_t bytes);
  /// `threads` work inside each step; `seconds` may be null.
  void run_chunk(const Chunk& chunk, std::uint8_t* scratch, int threads,
                 std::vector<double>* seconds) const;
  void run_observed(std::span<const std::byte> input, int images, std::span<std::byte> output,
                    const backend::Observer& observer);

  qgraph::QGraph graph_;
  const Kernels& kernels_;
  Plan plan_;
  std::unique_ptr<Plan> observed_plan_;  // made when it is first needed
  std::vector<AlignedBytes> scratch_;    // one for each lane of images, kept between runs
  std::mutex running_;
};

}  // namespace shiftwise::cpu
