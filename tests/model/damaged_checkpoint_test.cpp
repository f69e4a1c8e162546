// SPDX-License-Identifier: Apache-2.0
// Real files, cut short and with flipped bits: a checkpoint or an Error, nothing else.
#include <gtest/gtest.h>

#include <random>

#include "core/diagnostic.h"
#include "core/file.h"
#include "model/load.h"

namespace shiftwise::model {
namespace {

std::vector<std::byte> bytes_of(const std::string& path) {
  const core::MappedFile file(SHIFTWISE_SOURCE_DIR "/" + path);
  return {file.bytes().begin(), file.bytes().end()};
}

/// Whether the bytes, in a block of exactly their size, are read rather than refused.
bool is_read(std::span<const std::byte> bytes) {
  const std::vector<std::byte> exact(bytes.begin(), bytes.end());
  try {
    parse_checkpoint(exact, "some.pt");
    return true;
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().fault, core::Fault::kData);
    return false;
  }
}

class DamagedCheckpoint : public testing::TestWithParam<const char*> {};

TEST_P(DamagedCheckpoint, CutAnywhereItIsRefused) {
  const std::vector<std::byte> file = bytes_of(GetParam());
  ASSERT_TRUE(is_read(file));
  // Every length of the tiny files; of the others every length near the ends.
  constexpr std::size_t kAll = 1300;
  constexpr std::size_t kStep = 23;
  for (std::size_t length = 0; length < file.size();) {
    EXPECT_FALSE(is_read(std::span(file).first(length))) << length << " bytes";
    const bool near_end = length < kAll || length + kAll > file.size();
    length += near_end ? 1 : kStep;
  }
}

TEST_P(DamagedCheckpoint, WithFlippedBitsItIsReadOrRefused) {
  constexpr int kRounds = 1500;
  std::mt19937 random(1);
  const std::vector<std::byte> file = bytes_of(GetParam());
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::byte> damaged = file;
    for (int flip = 0; flip <= round % 4; ++flip) {
      damaged[random() % damaged.size()] ^= std::byte{1} << random() % 8;
    }
    refused += is_read(damaged) ? 0 : 1;
  }
  EXPECT_GT(refused, kRounds / 20);
}

INSTANTIATE_TEST_SUITE_P(Files, DamagedCheckpoint,
                         testing::Values("tests/goldens/float/option-a-half.pt",
                                         "tests/goldens/float/option-a-views.pt",
                                         "tests/goldens/float/option-a-legacy-half.th",
                                         "tests/goldens/float/option-a-legacy-views.pt",
                                         "tests/goldens/float/option-a-f16.safetensors",
                                         "fuzz/corpus/read_checkpoint_fuzz/float32.pt",
                                         "fuzz/corpus/read_checkpoint_fuzz/legacy.pt",
                                         "fuzz/corpus/read_checkpoint_fuzz/float16.safetensors"),
                         [](const auto& file) {
                           std::string name = file.param;
                           for (char& c : name) c = std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace shiftwise::model
