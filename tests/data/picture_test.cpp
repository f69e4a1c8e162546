// SPDX-License-Identifier: Apache-2.0
#include "data/picture.h"

#include <gtest/gtest.h>

#include <cstring>

#include "data/picture_writers.h"
#include "data/scratch_folder.h"

namespace shiftwise::data {
namespace {

using Bytes = std::vector<std::uint8_t>;

Picture decode(const std::string& file) {
  return decode_picture(std::as_bytes(std::span(file)), "some.picture");
}

std::string refused(const std::string& file) {
  const std::string message = refusal([&] { decode(file); });
  EXPECT_NE(message.find("some.picture"), std::string::npos) << message;
  return message;
}

#define EXPECT_REFUSED(text, file) \
  EXPECT_NE(refused(file).find(text), std::string::npos) << refused(file)

const Bytes kSix{1, 2, 3, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 250, 251, 252};

TEST(Png, RgbKeepsEveryByte) {
  const Picture picture = decode(png_file({.width = 3, .height = 2, .samples = kSix}));
  EXPECT_EQ(picture.width, 3);
  EXPECT_EQ(picture.height, 2);
  EXPECT_EQ(picture.rgb, kSix);
}

TEST(Png, InterlacedRowsComeInOrder) {
  EXPECT_EQ(decode(png_file({.width = 3, .height = 2, .interlaced = true, .samples = kSix})).rgb,
            kSix);
}

TEST(Png, GrayBecomesThreeEqualChannels) {
  EXPECT_EQ(decode(png_file({.width = 2, .color_type = 0, .samples = {7, 200}})).rgb,
            (Bytes{7, 7, 7, 200, 200, 200}));
}

TEST(Png, OneBitGrayBecomesBlackAndWhite) {
  EXPECT_EQ(
      decode(png_file({.width = 2, .bit_depth = 1, .color_type = 0, .samples = {0b01000000}})).rgb,
      (Bytes{0, 0, 0, 255, 255, 255}));
}

TEST(Png, APaletteBecomesItsColours) {
  EXPECT_EQ(decode(png_file({.width = 2,
                             .color_type = 3,
                             .samples = {1, 0},
                             .palette = {10, 20, 30, 40, 50, 60}}))
                .rgb,
            (Bytes{40, 50, 60, 10, 20, 30}));
}

TEST(Png, AlphaIsDropped) {
  EXPECT_EQ(decode(png_file({.color_type = 6, .samples = {10, 20, 30, 0}})).rgb,
            (Bytes{10, 20, 30}));
  EXPECT_EQ(decode(png_file({.color_type = 4, .samples = {9, 77}})).rgb, (Bytes{9, 9, 9}));
}

TEST(Png, SixteenBitsRoundToEight) {
  // round(v * 255 / 65535) of 0x0090 (0.56), 0x7f10 (126.57), 0x7ff0 (127.44)
  EXPECT_EQ(
      decode(png_file({.bit_depth = 16, .samples = {0x00, 0x00, 0x01, 0x00, 0xff, 0xff}})).rgb,
      (Bytes{0, 1, 255}));
  EXPECT_EQ(
      decode(png_file({.bit_depth = 16, .samples = {0x00, 0x90, 0x7f, 0x10, 0x7f, 0xf0}})).rgb,
      (Bytes{1, 127, 127}));
}

TEST(Png, AnyTruncationIsRefused) {
  const std::string whole = png_file({.width = 3, .height = 2, .samples = kSix});
  for (std::size_t size = 8; size < whole.size(); ++size) {
    EXPECT_REFUSED("cannot read a PNG image", whole.substr(0, size));
  }
}

TEST(Png, ADamagedChecksumIsRefused) {
  std::string file = png_file({.width = 3, .height = 2, .samples = kSix});
  file[file.find("IDAT") + 6] ^= 0x10;
  EXPECT_REFUSED("cannot read a PNG image", file);
}

TEST(Png, AHugeSizeIsRefusedBeforeMemoryIsSetAside) {
  // A header that claims 60000 x 60000, with a right checksum, made by the library.
  const std::string whole = png_file({.width = 3, .height = 2, .samples = kSix});
  std::string header("\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0", 13);
  std::string file = whole;
  file.replace(16, 13, header);
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : file.substr(12, 17)) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  crc = ~crc;
  for (int i = 0; i < 4; ++i)
    file[29 + static_cast<std::size_t>(i)] = static_cast<char>(crc >> (24 - 8 * i));
  EXPECT_REFUSED("60000x60000 pixels; at most 67108864 are read", file);
}

TEST(Jpeg, FlatColoursComeBackNearly) {
  Bytes samples;
  for (int i = 0; i < 64; ++i) samples.insert(samples.end(), {200, 100, 50});
  for (const bool progressive : {false, true}) {
    const Picture picture = decode(jpeg_file(8, 8, 3, samples, 95, progressive));
    ASSERT_EQ(picture.rgb.size(), samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) EXPECT_NEAR(picture.rgb[i], samples[i], 3);
  }
}

TEST(Jpeg, GrayBecomesThreeEqualChannels) {
  const Picture picture = decode(jpeg_file(8, 8, 1, Bytes(64, 90)));
  ASSERT_EQ(picture.rgb.size(), 192U);
  for (const std::uint8_t value : picture.rgb) EXPECT_NEAR(value, 90, 2);
}

TEST(Jpeg, CmykIsRefused) {
  EXPECT_REFUSED("cannot read a JPEG image", jpeg_file(8, 8, 4, Bytes(256, 90)));
}

TEST(Jpeg, TruncationIsRefusedInsteadOfPaintedGray) {
  Bytes samples;
  for (int i = 0; i < 32 * 32 * 3; ++i) samples.push_back(static_cast<std::uint8_t>(i * i));
  const std::string whole = jpeg_file(32, 32, 3, samples);
  for (std::size_t size = 3; size < whole.size(); size += 13) {
    EXPECT_REFUSED("cannot read a JPEG image", whole.substr(0, size));
  }
}

TEST(Jpeg, ScansWithoutEndAreRefused) {
  // A progressive file whose last scan is repeated over and over.
  const std::string whole = jpeg_file(8, 8, 1, Bytes(64, 90), 95, true);
  const std::size_t last = whole.rfind("\xff\xda");
  const std::string scan = whole.substr(last, whole.size() - 2 - last);
  std::string file = whole.substr(0, last);
  for (int i = 0; i < 500; ++i) file += scan;
  file += whole.substr(whole.size() - 2);
  EXPECT_REFUSED("more than 100 scans", file);
}

TEST(Jpeg, AHugeSizeIsRefusedBeforeMemoryIsSetAside) {
  std::string file = jpeg_file(8, 8, 1, Bytes(64, 90));
  const std::size_t frame = file.find("\xff\xc0");
  file.replace(frame + 5, 4, "\xea\x60\xea\x60");
  EXPECT_REFUSED("60000x60000 pixels", file);
}

TEST(Picture, OtherContentIsRefusedByItsFirstBytes) {
  EXPECT_REFUSED("neither PNG's nor JPEG's", "GIF89a.....");
  EXPECT_REFUSED("the file is empty", "");
}

}  // namespace
}  // namespace shiftwise::data
