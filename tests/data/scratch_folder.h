// SPDX-License-Identifier: Apache-2.0
// A temporary folder and the small files that the tests of this room put in it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::data {

/// A folder of its own for each test, removed afterwards.
class ScratchFolder {
 public:
  ScratchFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            ("shiftwise-" + std::string(test->test_suite_name()) + "." + test->name() + "." +
             std::to_string(::getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file below the folder, making the folders between, and returns its path.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    core::write_file(path, content);
    return path;
  }

 private:
  std::filesystem::path path_;
};

/// The message of the Error that `call` throws, or a sentence that matches no expectation.
template <typename Call>
std::string refusal(Call call, core::Fault fault = core::Fault::kData) {
  try {
    call();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().fault, fault);
    return error.what();
  }
  return "nothing was refused";
}

/// `count` CIFAR records; label and pixels follow from `seed` and the record's place.
inline std::string cifar_records(int count, int seed = 0) {
  std::string records;
  for (int i = 0; i < count; ++i) {
    records.push_back(static_cast<char>((seed + i) % 10));
    for (int at = 0; at < 3072; ++at) records.push_back(static_cast<char>(seed + i * 7 + at));
  }
  return records;
}

}  // namespace shiftwise::data
