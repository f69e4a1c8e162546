// SPDX-License-Identifier: Apache-2.0
// Files as the host buffers of a sequence.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "dialect/program.h"

namespace shiftwise::cli {

class HostFiles {
 public:
  /// Entries are "FILE" or "INDEX=FILE", outputs also "...FILE:BYTES" for a buffer larger than
  /// the text declares. Inputs without an index are the first buffers that nothing else names, then
  /// outputs the next. Throws Error where a file has not the size of its buffer, or where the
  /// buffers and files do not come out even.
  HostFiles(const std::vector<dialect::MemrefType>& arguments,
            const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

  std::vector<std::span<std::byte>> spans();
  /// Writes the outputs.
  void write() const;

 private:
  struct Entry {
    std::string input;
    std::string output;
    std::vector<std::byte> bytes;
  };
  void place(const std::vector<std::string>& files, std::string Entry::* which);

  std::vector<Entry> entries_;
};

}  // namespace shiftwise::cli
