// SPDX-License-Identifier: Apache-2.0
// Built kernel libraries on disk, and the names by which designs ask for them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace shiftwise::kernel {

/// A kernel library that can be loaded on this machine.
struct Library {
  std::string link_with;  ///< as the design names it: "conv2dk1.o"; empty where nobody did
  std::filesystem::path file;
  std::vector<std::string> symbols;  ///< the functions that it defines, sorted
};

/// Reads a library's symbols. Throws Error where the file is no shared library for this
/// machine.
Library open_library(const std::filesystem::path& file, const std::string& link_with = {});

/// The library for a design's `link_with` ("conv2dk1.o", "conv2dk1.a", "sub/conv2dk1.o", a
/// path). In each folder, in order, and first beside the design where a path is given:
/// <stem>.avx512vnni.so and <stem>.avx2.so if this machine has them, then <stem>.so and
/// lib<stem>.so; then the same without the stem's tag, and for mlir-aie's kernels
/// (conv2dk1.o, ...) what is built in under their signatures. Throws Error naming the folders
/// and the near misses in them.
Library find_library(const std::string& link_with, std::span<const std::filesystem::path> folders);

/// Every library in `folders` (of several variants the best that runs here), for designs
/// that name no link_with. Folders that do not exist are skipped.
std::vector<Library> all_libraries(std::span<const std::filesystem::path> folders);

/// A symbol or stem without the tag that designs add to it: "sw_conv1x1_u8_u8__1" is
/// "sw_conv1x1_u8_u8" for objects of another type (kernels/aie2/params.h).
std::string untagged(const std::string& name);

/// The stem of a library's file, without the variant.
std::string plain_stem(const std::filesystem::path& file);

/// The folder with the kernels that come with shiftwise, built with it.
std::filesystem::path builtin_folder();

}  // namespace shiftwise::kernel
