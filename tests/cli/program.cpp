// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <stdexcept>

#include "core/file.h"

namespace shiftwise::cli {
namespace {

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

void limit(int resource, std::uint64_t bytes) {
  if (bytes == 0) return;
  const rlimit both{bytes, bytes};
  ::setrlimit(resource, &both);
}

[[noreturn]] void become(const std::string& program, const Arguments& arguments,
                         const Surroundings& surroundings, const Pipe& out, const Pipe& err) {
  const int to = surroundings.output_file.empty()
                     ? out.ends[1]
                     : ::open(surroundings.output_file.c_str(), O_WRONLY | O_CREAT, 0644);
  ::dup2(to, STDOUT_FILENO);
  ::dup2(err.ends[1], STDERR_FILENO);
  if (!surroundings.folder.empty() && ::chdir(surroundings.folder.c_str()) != 0) ::_exit(126);
  limit(RLIMIT_FSIZE, surroundings.largest_file_bytes);
  limit(RLIMIT_AS, surroundings.memory_bytes);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> variables{"PATH=/usr/bin:/bin", "ASAN_OPTIONS=detect_leaks=0"};
  for (const auto& [name, value] : surroundings.environment)
    variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  ::execve(program.c_str(), argv.data(), environment.data());
  ::_exit(127);
}

/// Reads both pipes until both are closed.
void drain(const Pipe& out, const Pipe& err, Outcome& outcome) {
  std::array<pollfd, 2> polled{{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
  std::array<std::string*, 2> texts{&outcome.out, &outcome.err};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    ::poll(polled.data(), polled.size(), -1);
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      std::array<char, 4096> buffer{};
      const ssize_t count = ::read(polled[i].fd, buffer.data(), buffer.size());
      if (count <= 0) {
        polled[i].fd = -1;
      } else {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
      }
    }
  }
}

void collect(const nlohmann::ordered_json& json, const std::string& path,
             std::set<std::string>& found) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      collect(value, path.empty() ? key : path + "." + key, found);
    }
    return;
  }
  if (json.is_array() && !json.empty() && json[0].is_object()) {
    for (const auto& element : json) collect(element, path + "[]", found);
    return;
  }
  found.insert(path);
}

}  // namespace

Outcome run_program(const std::string& program, const Arguments& arguments,
                    const Surroundings& surroundings) {
  Pipe out;
  Pipe err;
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) become(program, arguments, surroundings, out, err);
  out.close_end(1);
  err.close_end(1);
  if (surroundings.closed_output) out.close_end(0);
  if (surroundings.meanwhile) surroundings.meanwhile(child);
  Outcome outcome;
  drain(out, err, outcome);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  return outcome;
}

Outcome shiftwise(const Arguments& arguments, const Surroundings& surroundings) {
  return run_program(SHIFTWISE_PROGRAM, arguments, surroundings);
}

std::string small_network() {
  return SHIFTWISE_SOURCE_DIR "/tests/goldens/nets/resnet20-a.safetensors";
}

std::string sample_data() { return SHIFTWISE_SOURCE_DIR "/assets/cifar10"; }

std::vector<std::string> fields(const nlohmann::ordered_json& json) {
  std::set<std::string> found;
  collect(json, "", found);
  return {found.begin(), found.end()};
}

std::vector<std::string> fields_of_any(const std::vector<nlohmann::ordered_json>& several) {
  std::set<std::string> found;
  for (const auto& json : several) collect(json, "", found);
  std::erase_if(found, [&](const std::string& field) {
    const auto deeper = [&](const std::string& other) {
      return other.starts_with(field + ".") || other.starts_with(field + "[]");
    };
    return std::ranges::any_of(found, deeper);
  });
  return {found.begin(), found.end()};
}

std::vector<std::string> documented_fields(const std::string& verb) {
  const core::MappedFile page(std::string(SHIFTWISE_SOURCE_DIR "/docs/tools/") + verb + ".md");
  std::istringstream lines{std::string(page.text())};
  std::set<std::string> found;
  bool in_section = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) in_section = line == "## JSON";
    if (!in_section || !line.starts_with("| `")) continue;
    found.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return {found.begin(), found.end()};
}

}  // namespace shiftwise::cli
