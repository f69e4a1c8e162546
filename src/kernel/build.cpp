// SPDX-License-Identifier: Apache-2.0
#include "kernel/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "core/diagnostic.h"
#include "core/file.h"
#include "kernel/library.h"
#include "kernel/process.h"
#include "kernel/recipe.h"

namespace shiftwise::kernel {
namespace {

namespace fs = std::filesystem;

struct Compiler {
  std::vector<std::string> command;  ///< "ccache", "g++"
  bool is_clang = false;
};

bool is_in_path(const std::string& program) {
  std::istringstream folders(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Compiler find_compiler() {
  Compiler compiler;
  if (const char* named = std::getenv("CXX"); named != nullptr) {
    std::istringstream words(named);
    for (std::string word; words >> word;) compiler.command.push_back(word);
  }
  for (const char* usual : {"c++", "g++", "clang++"}) {
    if (compiler.command.empty() && is_in_path(usual)) compiler.command = {usual};
  }
  if (compiler.command.empty()) {
    throw core::Error({.what = "there is no C++ compiler to build kernels with",
                       .why = "$CXX is not set, and $PATH has none of c++, g++, clang++",
                       .hint = "apt-get install g++, or set CXX to a C++20 compiler"});
  }
  std::vector<std::string> ask = compiler.command;
  ask.emplace_back("--version");
  compiler.is_clang = run_process(ask).output.find("clang") != std::string::npos;
  return compiler;
}

/// Every access calls a function that asks the core; stack and globals are the kernel's own.
void add_access_checks(const Compiler& compiler, std::vector<std::string>& command) {
  command.insert(command.end(), {"-fsanitize=kernel-address", "-DSHIFTWISE_CHECK_ACCESSES"});
  for (const char* option :
       {"asan-instrumentation-with-call-threshold=0", "asan-stack=0", "asan-globals=0"}) {
    if (compiler.is_clang) {
      command.insert(command.end(), {"-mllvm", fmt::format("-{}", option)});
    } else {
      command.insert(command.end(), {"--param", option});
    }
  }
}

/// Whether a source names native vectors or cascades and includes no aie_api, which has them.
bool uses_native_names(const fs::path& source) {
  const core::MappedFile file(source.string());
  const std::string text(file.text());
  if (text.find("aie_api") != std::string::npos) return false;
  static const std::regex native(
      "\\b(v[0-9]+(u?int[0-9]+|b?float[0-9]*|acc[0-9]+|accfloat)|put_mcd|get_scd_\\w+)\\b");
  return std::regex_search(text, native);
}

std::vector<std::string> compile_command(const Compiler& compiler, const fs::path& source,
                                         const BuildOptions& options, const fs::path& recipe,
                                         const fs::path& output) {
  std::vector<std::string> command = compiler.command;
  // Kernels cast buffers as they like and rely on integers that wrap; a symbol that nobody
  // defines shall be found here and not while a design runs.
  command.insert(command.end(), {"-std=gnu++20", "-O3", "-DNDEBUG", "-fPIC", "-shared", "-fwrapv",
                                 "-fno-strict-aliasing", "-fvisibility-inlines-hidden",
                                 "-ffp-contract=off", "-Wno-unknown-pragmas", "-Wno-psabi",
                                 "-Wl,-Bsymbolic", "-Wl,-z,defs", "-Wl,--build-id=none"});
  if (!options.march.empty()) command.push_back("-march=" + options.march);
  // Static data of templates would else be one for the whole process, not one per core.
  if (!compiler.is_clang) command.emplace_back("-fno-gnu-unique");
  if (options.check_accesses) add_access_checks(compiler, command);
  for (const std::string& define : options.defines) command.push_back("-D" + define);
  for (const fs::path& folder : options.include_folders) command.push_back("-I" + folder.string());
  command.insert(command.end(), options.arguments.begin(), options.arguments.end());
  // The array's compilers know vector types and intrinsics without any header. The second folder
  // lets "../aie_kernel_utils.h" be found where a source came alone.
  const fs::path first =
      uses_native_names(source) ? fs::path("aie_api/aie.hpp") : fs::path("shiftwise_kernel.hpp");
  command.insert(command.end(),
                 {"-include", recipe.string(), "-include", (header_folder() / first).string(),
                  "-I" + header_folder().string(), "-I" + (header_folder() / "aie_api").string(),
                  "-x", "c++", source.string(), "-o", output.string()});
  return command;
}

/// The first lines of what a compiler said, enough to see what is wrong.
std::string beginning(const std::string& text) {
  constexpr int kLines = 30;
  std::istringstream lines(text);
  std::string out;
  int n = 0;
  for (std::string line; std::getline(lines, line); ++n) {
    if (n == kLines) return out + "\n  ...";
    out += (n == 0 ? "" : "\n") + line;
  }
  return out;
}

}  // namespace

fs::path header_folder() {
  if (const char* folder = std::getenv("SHIFTWISE_KERNEL_HEADERS");
      folder != nullptr && *folder != 0) {
    return folder;
  }
  return SHIFTWISE_KERNEL_HEADERS;
}

Built build(const fs::path& source, const BuildOptions& options) {
  std::error_code ignored;
  if (!fs::is_regular_file(source, ignored)) {
    throw core::Error({.what = "there is no such kernel source", .where = source.string()});
  }
  if (!fs::exists(header_folder() / "aie_api" / "aie.hpp", ignored)) {
    throw core::Error({.what = "the host's aie_api is not where it should be",
                       .where = header_folder().string(),
                       .hint = "set SHIFTWISE_KERNEL_HEADERS to the folder kernels/host"});
  }
  const Compiler compiler = find_compiler();
  Built built;
  built.library =
      options.output.empty() ? fs::path(source.stem().string() + ".so") : options.output;
  built.compiler = compiler.command.back();
  const fs::path temporary = fmt::format("{}.{}.tmp", built.library.string(), ::getpid());
  const fs::path recipe = temporary.string() + ".h";
  core::write_file(recipe, recipe_text(recipe_of(source, options)));
  built.command = compile_command(compiler, source, options, recipe, temporary);
  const Outcome outcome = run_process(built.command);
  fs::remove(recipe, ignored);
  if (outcome.code != 0) {
    fs::remove(temporary, ignored);
    throw core::Error({.what = fmt::format("{} could not compile the kernel", built.compiler),
                       .where = source.string(),
                       .why = beginning(outcome.output),
                       .hint = "kernel sources include <aie_api/aie.hpp>; their own headers and "
                               "macros go behind '--': -I FOLDER, -D NAME=VALUE"});
  }
  built.warnings = outcome.output;
  try {
    built.symbols = open_library(temporary).symbols;
  } catch (...) {
    fs::remove(temporary, ignored);
    throw;
  }
  std::error_code error;
  fs::rename(temporary, built.library, error);
  if (error) {
    fs::remove(temporary, ignored);
    throw core::Error({.what = "cannot write the kernel library",
                       .where = built.library.string(),
                       .why = error.message()});
  }
  return built;
}

}  // namespace shiftwise::kernel
