// SPDX-License-Identifier: Apache-2.0
// What an executor of a quantized network is, and how to get one by name.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::backend {

/// Called with the codes of one node for a run of consecutive images, widened to 32 bits:
/// [images][C][H][W], borrowed for the call. Calls may come from several threads at once;
/// for each node they cover every image once.
struct Observation {
  qgraph::NodeId node = 0;
  int first_image = 0;
  int images = 0;
  std::span<const std::int32_t> codes;
};
using Observer = std::function<void(const Observation&)>;

/// A quantized network made ready to run somewhere. Whatever the backend, the bytes are
/// those of qgraph::run_reference.
class Executor {
 public:
  virtual ~Executor() = default;

  /// One line for people: "cpu, kernels avx512-vnni, 2 threads".
  virtual std::string describe() const = 0;

  /// Bytes that the executor keeps for packed weights and scratch.
  virtual std::size_t memory_bytes() const = 0;

  /// Whether observers are shown every node; an executor on an array knows only its output.
  virtual bool shows_nodes() const { return true; }

  /// input: [images][C][H][W], one byte per code; output: [images][C][H][W] in the output
  /// type's element (one byte, or four for int32), written whole. Both borrowed. With an
  /// observer, every node's codes are shown (which may be slower, never different); an
  /// executor whose shows_nodes() is false never calls it.
  virtual void run(std::span<const std::byte> input, int images, std::span<std::byte> output,
                   const Observer& observer = {}) = 0;
};

/// Makes executors of one kind.
struct Backend {
  std::string name;
  std::string summary;  ///< one line for `doctor`
  /// Empty where it can run on this machine, else the reason.
  std::function<std::string()> unavailable;
  /// Throws Error where this backend cannot run this network (naming the layer).
  std::function<std::unique_ptr<Executor>(const qgraph::QGraph&)> make;
};

/// The backends of a program, filled once by its main function.
class Registry {
 public:
  void add(Backend backend);
  const std::vector<Backend>& all() const { return backends_; }
  /// Throws Error (usage) where there is none of that name, suggesting what was meant.
  const Backend& find(const std::string& name) const;

 private:
  std::vector<Backend> backends_;
};

/// The readable executor of qgraph as a backend: "reference".
Backend reference_backend();

}  // namespace shiftwise::backend
