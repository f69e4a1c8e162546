// SPDX-License-Identifier: Apache-2.0
// Every file in broken/ is a design with one thing wrong. What it is told stands behind
// "// expected:" at its end, word for word.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "dialect/read.h"

namespace shiftwise::dialect {
namespace {

std::vector<std::string> broken_designs() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(SHIFTWISE_SOURCE_DIR "/tests/dialect/broken")) {
    if (entry.path().extension() == ".mlir") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string contents(const std::string& name) {
  std::ifstream file(SHIFTWISE_SOURCE_DIR "/tests/dialect/broken/" + name + ".mlir");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The comment behind "// expected:", without its slashes.
std::string expected(const std::string& text) {
  const std::string mark = "// expected:\n";
  const std::size_t start = text.find(mark);
  if (start == std::string::npos) return "(the file has no '// expected:')";
  std::istringstream lines(text.substr(start + mark.size()));
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += (result.empty() ? "" : "\n") + line.substr(std::min<std::size_t>(3, line.size()));
  }
  return result;
}

class BrokenDesign : public testing::TestWithParam<std::string> {};

TEST_P(BrokenDesign, IsRefusedWithItsMessage) {
  const std::string text = contents(GetParam());
  try {
    read_program(text, GetParam() + ".mlir");
    FAIL() << "it was accepted";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.what(), expected(text));
    EXPECT_EQ(error.diagnostic().fault, core::Fault::kData);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, BrokenDesign, testing::ValuesIn(broken_designs()),
                         [](const auto& design) { return design.param; });

TEST(BrokenDesigns, AreMoreThanFifty) { EXPECT_GE(broken_designs().size(), 50U); }

}  // namespace
}  // namespace shiftwise::dialect
