// SPDX-License-Identifier: Apache-2.0
#include "core/safetensors.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/diagnostic.h"

namespace shiftwise::core {
namespace {

std::vector<std::byte> file_of(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::vector<std::byte> file(8 + header.size() + data_bytes);
  std::memcpy(file.data(), &length, 8);
  std::memcpy(file.data() + 8, header.data(), header.size());
  return file;
}

std::string refusal(const std::vector<std::byte>& file) {
  try {
    parse_safetensors(file, "some.safetensors");
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().fault, Fault::kData);
    EXPECT_NE(error.diagnostic().where.find("some.safetensors"), std::string::npos);
    return error.what();
  }
  return "nothing was refused";
}

std::string refusal(const std::string& header, std::size_t data_bytes) {
  return refusal(file_of(header, data_bytes));
}

#define EXPECT_REFUSED(text, ...) \
  EXPECT_NE(refusal(__VA_ARGS__).find(text), std::string::npos) << refusal(__VA_ARGS__)

TEST(Safetensors, WhatWasWrittenIsReadBack) {
  const std::array<std::byte, 3> small{std::byte{1}, std::byte{2}, std::byte{3}};
  const std::array<std::byte, 8> large{std::byte{9}};
  Safetensors content;
  content.tensors = {{.name = "a \"quoted\" name", .dtype = "I8", .shape = {3}, .bytes = small},
                     {.name = "b", .dtype = "F32", .shape = {2, 1}, .bytes = large},
                     {.name = "scalar", .dtype = "F64", .shape = {}, .bytes = large},
                     {.name = "empty", .dtype = "F32", .shape = {0, 7}, .bytes = {}}};
  content.metadata = {{"shiftwise", "{\"nested\": \"text\"}"}};
  const auto file = format_safetensors(content);
  const Safetensors read = parse_safetensors(file, "x");
  EXPECT_EQ(read.metadata, content.metadata);
  ASSERT_EQ(read.tensors.size(), 4u);
  for (const StoredTensor& wanted : content.tensors) {
    const StoredTensor* found = read.find(wanted.name);
    ASSERT_NE(found, nullptr) << wanted.name;
    EXPECT_EQ(found->dtype, wanted.dtype);
    EXPECT_EQ(found->shape, wanted.shape);
    EXPECT_TRUE(std::equal(found->bytes.begin(), found->bytes.end(), wanted.bytes.begin(),
                           wanted.bytes.end()));
    EXPECT_EQ(found->offset % bytes_per_element(wanted.dtype), 0u) << "aligned";
  }
  EXPECT_EQ(read.find("c"), nullptr);
  EXPECT_TRUE(looks_like_safetensors(file));
}

TEST(Safetensors, RefusesHeadersThatDoNotFit) {
  EXPECT_REFUSED("too few for a header", std::vector<std::byte>(7));
  EXPECT_REFUSED("the header should have 18446744073709551615 bytes",
                 std::vector<std::byte>(64, std::byte{0xff}));
  EXPECT_REFUSED("parse error", "{", 0);
  EXPECT_REFUSED("not a JSON object", "[]", 0);
  EXPECT_REFUSED("parse error", "{\"a\xff\": 1}", 0);
}

TEST(Safetensors, RefusesTowersOfBrackets) {
  EXPECT_REFUSED("nested deeper", std::string(1'000'000, '['), 0);
  EXPECT_REFUSED("nested deeper", R"({"a":{"b":{"c":{"d":1}}}})", 0);
}

TEST(Safetensors, RefusesMoreNamesThanAnyNetworkHas) {
  std::string header = "{";
  for (int i = 0; i < 200'000; ++i) {  // each refers to the same nothing
    header += fmt::format(R"("{}":{{"dtype":"I8","shape":[0],"data_offsets":[0,0]}},)", i);
  }
  header.back() = '}';
  EXPECT_REFUSED("more than 100000 names", header, 0);
}

TEST(Safetensors, RefusesAHeaderThatIsOutOfAllProportion) {
  EXPECT_REFUSED("its header has 16777224 bytes; at most 16777216 are read",
                 std::string((std::size_t{16} << 20) + 8, ' '), 0);
}

TEST(Safetensors, RefusesNamesGivenTwice) {
  const std::string entry = R"("a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]})";
  EXPECT_REFUSED("\"a\" appears twice", "{" + entry + "," + entry + "}", 1);
  EXPECT_REFUSED("\"k\" appears twice", R"({"__metadata__":{"k":"1","k":"2"}})", 0);
}

TEST(Safetensors, RefusesTensorsThatLieOutsideTheFile) {
  EXPECT_REFUSED("do not lie inside", R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[4,5]}})",
                 4);
  EXPECT_REFUSED("do not lie inside", R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[3,2]}})",
                 4);
  EXPECT_REFUSED("do not lie inside", R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[0]}})", 4);
  EXPECT_REFUSED(
      "asks for more than",
      R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}})",
      4);
  EXPECT_REFUSED("impossible",
                 R"({"a":{"dtype":"I8","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4);
}

TEST(Safetensors, RefusesOverlapsHolesAndLeftovers) {
  const auto two = [](const char* second) {
    return std::string(R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},)") +
           R"("b":{"dtype":"I8","shape":[2],"data_offsets":)" + second + "}}";
  };
  EXPECT_REFUSED("overlaps another tensor", two("[1,3]"), 3);
  EXPECT_REFUSED("overlaps another tensor", two("[0,2]"), 2);
  EXPECT_REFUSED("nothing owns the bytes", two("[3,5]"), 5);
  EXPECT_REFUSED("1 bytes follow the last tensor", two("[2,4]"), 5);
  EXPECT_NO_THROW(parse_safetensors(file_of(two("[2,4]"), 4), "x"));
}

TEST(Safetensors, RefusesEntriesOfTheWrongKind) {
  EXPECT_REFUSED("not a JSON object", R"({"a":1})", 0);
  EXPECT_REFUSED("no dtype", R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1);
  EXPECT_REFUSED("\"Q4\" is unknown", R"({"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,1]}})",
                 1);
  EXPECT_REFUSED("no list \"shape\"", R"({"a":{"dtype":"I8","data_offsets":[0,1]}})", 1);
  EXPECT_REFUSED("no whole number", R"({"a":{"dtype":"I8","shape":[-1],"data_offsets":[0,1]}})", 1);
  EXPECT_REFUSED("no whole number", R"({"a":{"dtype":"I8","shape":[1.0],"data_offsets":[0,1]}})",
                 1);
  EXPECT_REFUSED("needs 8 bytes, but 4 are given",
                 R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 8);
  EXPECT_REFUSED("not a text", R"({"__metadata__":{"k":1}})", 0);
}

TEST(Safetensors, EveryTruncationAndBitFlipIsEitherRefusedOrReadInBounds) {
  const std::array<std::byte, 8> data{};
  Safetensors content;
  content.tensors = {{.name = "a", .dtype = "F32", .shape = {2}, .bytes = data}};
  const auto file = format_safetensors(content);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(parse_safetensors(std::span(file).first(size), "x"), Error) << size;
  }
  for (std::size_t bit = 0; bit < (file.size() - data.size()) * 8; ++bit) {
    auto flipped = file;
    flipped[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    try {
      for (const StoredTensor& tensor : parse_safetensors(flipped, "x").tensors) {
        EXPECT_EQ(tensor.bytes.size(), 8u);
      }
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace shiftwise::core
