// SPDX-License-Identifier: Apache-2.0
#include "shared/peers.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/safetensors.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::bench {
namespace {

template <typename T>
core::StoredTensor stored(const std::string& name, const std::string& dtype,
                          const core::Shape& shape, const std::vector<T>& values) {
  core::StoredTensor tensor;
  tensor.name = name;
  tensor.dtype = dtype;
  tensor.shape = shape;
  tensor.bytes = std::as_bytes(std::span(values));
  return tensor;
}

void write_network(const std::filesystem::path& folder, const qgraph::QGraph& graph) {
  core::Safetensors weights;
  for (const qgraph::Node& node : graph.nodes) {
    const auto add = [&](const auto& layer) {
      weights.tensors.push_back(
          stored(node.name + ".weight", "I8", layer.weight.shape, layer.weight.values));
      weights.tensors.push_back(stored(node.name + ".bias", "I32",
                                       {static_cast<std::int64_t>(layer.bias.size())}, layer.bias));
    };
    if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) add(*conv);
    if (const auto* linear = std::get_if<qgraph::Linear>(&node.operation)) add(*linear);
  }
  core::write_file(folder / "network.json", qgraph::to_json(graph).dump());
  core::write_file(folder / "network.safetensors", core::format_safetensors(weights));
}

[[noreturn]] void refuse(const std::string& why) {
  throw core::Error({.what = "the peers cannot be measured",
                     .where = "bench/shared/peers.py",
                     .why = why,
                     .hint = "--python \"$(bench/python_env)\""});
}

}  // namespace

Peers::Peers(const std::string& python, const std::string& isa, const qgraph::QGraph& graph,
             std::span<const std::byte> input, std::span<const std::byte> expected) {
  std::string pattern = (std::filesystem::temp_directory_path() / "shiftwise-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) refuse("no temporary folder");
  folder_ = pattern;
  write_network(folder_, graph);
  core::write_file(std::filesystem::path(folder_) / "input", input);
  core::write_file(std::filesystem::path(folder_) / "expected", expected);
  int down[2];
  int up[2];
  // Closed on exec: a second child that held this one's end would keep it from ending.
  if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0) refuse("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    dup2(down[0], STDIN_FILENO);
    dup2(up[1], STDOUT_FILENO);
    if (!isa.empty()) setenv("ONEDNN_MAX_CPU_ISA", isa.c_str(), 1);
    execlp(python.c_str(), python.c_str(), SHIFTWISE_SOURCE_DIR "/bench/shared/peers.py",
           folder_.c_str(), nullptr);
    _exit(127);
  }
  close(down[0]);
  close(up[1]);
  to_ = fdopen(down[1], "w");
  from_ = fdopen(up[0], "r");
  const nlohmann::json hello = nlohmann::json::parse(ask("check"));
  names_ = hello.at("names").get<std::vector<std::string>>();
  findings_ = hello.at("findings").get<std::vector<std::string>>();
}

Peers::~Peers() {
  if (to_ != nullptr) std::fclose(to_);  // the end of its input ends the process
  if (from_ != nullptr) std::fclose(from_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<double> Peers::time(const nlohmann::json& question) {
  return nlohmann::json::parse(ask(question.dump())).get<std::vector<double>>();
}

std::string Peers::ask(const std::string& line) {
  std::fputs((line + "\n").c_str(), to_);
  std::fflush(to_);
  std::string answer;
  for (int c = std::fgetc(from_); c != '\n'; c = std::fgetc(from_)) {
    if (c == EOF) refuse("it ended with an error, which it has printed");
    answer.push_back(static_cast<char>(c));
  }
  return answer;
}

}  // namespace shiftwise::bench
