// SPDX-License-Identifier: Apache-2.0
// Other people's runtimes, in a Python process of their own (peers.py).
#pragma once

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::bench {

/// A running peers.py with one network. It has checked that its answers agree with the
/// expected ones, and that OpenVINO runs in int8.
class Peers {
 public:
  /// python: an interpreter with numpy, onnx, onnxruntime and openvino (bench/python_env makes
  /// one). isa: a value for ONEDNN_MAX_CPU_ISA, or empty. input, expected: one image's codes
  /// and the reference's. Throws Error where the process cannot start or a check fails.
  Peers(const std::string& python, const std::string& isa, const qgraph::QGraph& graph,
        std::span<const std::byte> input, std::span<const std::byte> expected);
  ~Peers();
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  /// What it found: "onnxruntime 1.32.0: correlation 0.9991", ...
  const std::vector<std::string>& findings() const { return findings_; }
  const std::vector<std::string>& names() const { return names_; }
  /// Seconds of each repetition within about `budget` seconds. question: name, images,
  /// threads, budget, clock ("wall" or "cpu").
  std::vector<double> time(const nlohmann::json& question);

 private:
  std::string ask(const std::string& line);

  int pid_ = 0;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
  std::string folder_;
  std::vector<std::string> names_;
  std::vector<std::string> findings_;
};

}  // namespace shiftwise::bench
