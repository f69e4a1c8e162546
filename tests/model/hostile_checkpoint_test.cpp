// SPDX-License-Identifier: Apache-2.0
// Checkpoints made to hurt: each gets one message that says what is wrong where.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "core/diagnostic.h"
#include "core/file.h"
#include "model/checkpoint_bytes.h"
#include "model/load.h"

namespace shiftwise::model {
namespace {

using namespace std::string_literals;
using namespace tests;

std::string refusal(const std::string& file) {
  try {
    parse_checkpoint(std::as_bytes(std::span(file)), "some.pt");
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().fault, core::Fault::kData);
    EXPECT_TRUE(error.diagnostic().where.starts_with("some.pt")) << error.what();
    return error.what();
  }
  return "nothing was refused";
}

#define EXPECT_REFUSED(text, ...) \
  EXPECT_NE(refusal(__VA_ARGS__).find(text), std::string::npos) << refusal(__VA_ARGS__)

const std::string kSixValues = raw(std::vector<float>{0, 1, 2, 3, 4, 5});

std::string zip_of(const View& view) {
  return torch_zip(dictionary({{"w", view.piece()}}), {{view.storage.key, kSixValues}});
}

std::string zip_of(const std::string& object) { return torch_zip(object, {{"0", kSixValues}}); }

TEST(HostileCheckpoint, NothingIsEverCalled) {
  for (const char* name : {"os.system", "posix.system", "builtins.eval", "__builtin__.exec",
                           "subprocess.check_output", "torch.hub.load", "runpy._run_code"}) {
    const std::string evil = call(name, {text("touch /tmp/owned")});
    const std::string wanted =
        "it asks to call "s + name + "; shiftwise executes nothing from a file";
    EXPECT_REFUSED(wanted, zip_of(evil));
    EXPECT_REFUSED(wanted, zip_of(dictionary({{"w", View{}.piece()}, {"x", evil}})));
    EXPECT_REFUSED(wanted, torch_legacy(evil, {}));
  }
  EXPECT_REFUSED("it asks to call os.system", zip_of("\x8c\x02os\x8c\x06system\x93)R"));
}

TEST(HostileCheckpoint, AHarmlessNameCannotBeUsedAsAnother) {
  EXPECT_REFUSED("it holds an object, not a dictionary",
                 zip_of(call("argparse.Namespace", {text("x")})));
  EXPECT_REFUSED("it calls something that is no global", zip_of(text("os") + ")R"));
  EXPECT_REFUSED("the class collections.OrderedDict.x;", zip_of("ccollections\nOrderedDict.x\n"));
}

TEST(HostileCheckpoint, APickledModuleIsNamedWithTheWayOut) {
  const std::string file =
      zip_of("ctorchvision.models.resnet\nResNet\n)\x81" + dictionary({}) + "b");
  EXPECT_REFUSED("an object of the class torchvision.models.resnet.ResNet", file);
  EXPECT_REFUSED("torch.save(model.state_dict(), path)", file);
}

TEST(HostileCheckpoint, AViewMustFitItsStorage) {
  EXPECT_REFUSED("tensor \"w\"", zip_of(View{.offset = 1}));
  EXPECT_REFUSED(
      "[2, 3] with strides [3, 1] from element 1 on needs a storage of 7 elements, not 6",
      zip_of(View{.offset = 1}));
  EXPECT_REFUSED("it begins at element -1", zip_of(View{.offset = -1}));
  EXPECT_REFUSED("its stride -1 is negative", zip_of(View{.strides = {3, -1}}));
  EXPECT_REFUSED("its shape [2, -3] is impossible", zip_of(View{.sizes = {2, -3}}));
  EXPECT_REFUSED("it has 1 extents but 2 strides", zip_of(View{.sizes = {2}}));
  EXPECT_REFUSED("needs a storage of", zip_of(View{.strides = {1 << 30, 1}}));
}

TEST(HostileCheckpoint, NumbersThatWrapAreRefused) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_REFUSED("36854775807] is impossible", zip_of(View{.sizes = {kHuge, kHuge}}));
  EXPECT_REFUSED("leave the address space", zip_of(View{.strides = {kHuge, kHuge}}));
  EXPECT_REFUSED("tensor \"w\"", zip_of(View{.offset = kHuge}));
  EXPECT_REFUSED("its storage has 9223372036854775807 elements",
                 zip_of(View{.storage = {.elements = kHuge}}));
  EXPECT_REFUSED("its storage has -1 elements", zip_of(View{.storage = {.elements = -1}}));
  EXPECT_REFUSED("lies nowhere",
                 zip_of(View{.storage = {.part = tuple({text("k"), integer(-1), integer(1)})}}));
}

TEST(HostileCheckpoint, ARepeatedValueIsNoWayToExhaustMemory) {
  EXPECT_REFUSED("far more memory than the size of the file justifies",
                 zip_of(View{.sizes = {1 << 20, 1 << 20}, .strides = {0, 0}}));
  std::vector<std::pair<std::string, std::string>> many;
  const std::string big = View{.sizes = {1 << 20}, .strides = {0}}.piece();
  for (int i = 0; i < 100; ++i) many.emplace_back('w' + std::to_string(i), big);
  EXPECT_REFUSED("far more memory", zip_of(dictionary(many)));
}

TEST(HostileCheckpoint, WhatATensorIsMadeOfIsChecked) {
  const auto rebuilt = [](const std::vector<std::string>& arguments) {
    return zip_of(dictionary({{"w", call("torch._utils._rebuild_tensor_v2", arguments)}}));
  };
  const std::string storage = Storage{}.piece();
  const std::string two = integers({2, 3});
  EXPECT_REFUSED("it is described by 1 values", rebuilt({storage}));
  EXPECT_REFUSED("its storage is an integer", rebuilt({integer(1), integer(0), two, two}));
  EXPECT_REFUSED("its offset is a text", rebuilt({storage, text("0"), two, two}));
  EXPECT_REFUSED("its shape is an integer", rebuilt({storage, integer(0), integer(6), two}));
  EXPECT_REFUSED("its list of strides is None", rebuilt({storage, integer(0), two, "N"}));
  EXPECT_REFUSED("its shape is a float",
                 rebuilt({storage, integer(0), tuple({"G"s + std::string(8, '\0')}), two}));
  EXPECT_REFUSED("has 1000 numbers",
                 rebuilt({storage, integer(0), integers(std::vector<std::int64_t>(1000, 1)), two}));
  EXPECT_REFUSED("a parameter of something that is no tensor",
                 zip_of(dictionary({{"w", call("torch._utils._rebuild_parameter", {"N"})}})));
  EXPECT_REFUSED("\"torch.Size\", which is not read",
                 zip_of(View{.storage = {.type = "torch.Size"}}));
  EXPECT_REFUSED("class torch.QInt8Storage",
                 zip_of(View{.storage = {.type = "torch.QInt8Storage"}}));
}

TEST(HostileCheckpoint, AStorageCannotBeTwoThings) {
  EXPECT_REFUSED(
      "storage \"0\" has",
      zip_of(dictionary({{"a", View{}.piece()},
                         {"b", View{.storage = {.type = "torch.DoubleStorage"}}.piece()}})));
  EXPECT_REFUSED("it appears twice",
                 zip_of(dictionary({{"w", View{}.piece()}, {"w", View{}.piece()}})));
}

TEST(HostileCheckpoint, AStateDictMustBeFound) {
  EXPECT_REFUSED("it holds a list, not a dictionary of tensors", zip_of("]"));
  EXPECT_REFUSED("it holds no tensors", zip_of("}"));
  EXPECT_REFUSED("it holds no tensors",
                 zip_of(dictionary({{"state_dict", dictionary({{"model", "]"}})}})));
}

TEST(HostileCheckpoint, ATreeWithoutEndIsWalkedForAWhileOnly) {
  EXPECT_REFUSED("it holds no tensors", zip_of("}q\x01("s + text("model") + "h\x01u"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "]";
  for (int i = 1; i < 100'000; ++i) deep += "a";
  EXPECT_REFUSED("it holds a list", zip_of(deep));
  EXPECT_REFUSED("it holds a tuple", zip_of(')' + std::string(100'000, '\x85')));
}

/// Hours if every mention of the wrapped dictionary were a reason to look through it.
TEST(HostileCheckpoint, AWrapperNamedAgainAndAgainIsOpenedOnce) {
  std::string inner = "}q\x01("s + text("x") + "q\x02Nq\x03";
  for (int i = 0; i < 300'000; ++i) inner += "h\x02h\x03";
  std::string outer = "}(" + text("model") + "q\x04h\x01";
  for (int i = 0; i < 300'000; ++i) outer += "h\x04h\x01";
  EXPECT_REFUSED("it holds no tensors", zip_of(inner + "u0" + outer + "u"));
}

TEST(HostileCheckpoint, APickleCannotExhaustMemory) {
  EXPECT_REFUSED("it mentions values more than", zip_of(std::string(5'000'000, '(')));
  EXPECT_REFUSED("it mentions values more than", zip_of('N' + std::string(5'000'000, '2')));
  EXPECT_REFUSED("it mentions values more than", zip_of('N' + std::string(5'000'000, '\x94')));
  EXPECT_REFUSED("values", zip_of(std::string(5'000'000, ']')));
}

TEST(HostileCheckpoint, AZipBombIsNotUnpacked) {
  const std::string object = pickle(dictionary({{"w", View{}.piece()}}));
  const std::string zeros(std::size_t{20} << 20, '\0');
  EXPECT_REFUSED("more than the 24 bytes that it should have",
                 zip({{"net/data.pkl", object}, {"net/data/0", zeros}}, true));
  EXPECT_REFUSED("it unpacks to more than", zip({{"net/data.pkl", zeros}}, true));
  const View huge{.storage = {.elements = 5 << 20}, .sizes = {5 << 20}, .strides = {1}};
  EXPECT_REFUSED(
      "far more memory",
      zip({{"net/data.pkl", pickle(dictionary({{"w", huge.piece()}}))}, {"net/data/0", zeros}},
          true));
}

TEST(HostileCheckpoint, TheArchiveMustBeWhatTorchSaveWrites) {
  const std::string object = pickle(dictionary({{"w", View{}.piece()}}));
  EXPECT_REFUSED("without data.pkl", zip({{"net/readme.txt", "hello"}}));
  EXPECT_REFUSED("several data.pkl", zip({{"a/data.pkl", object}, {"b/data.pkl", object}}));
  EXPECT_REFUSED("should be in the entry \"net/data/0\", which is missing",
                 zip({{"net/data.pkl", object}}));
  EXPECT_REFUSED("the archive holds this entry twice",
                 zip({{"net/data.pkl", object}, {"net/data/0", kSixValues}, {"net/data/0", ""}}));
  EXPECT_REFUSED("leads out of the archive",
                 zip({{"net/data.pkl", object}, {"net/../../etc/passwd", ""}}));
  EXPECT_REFUSED("leads out of the archive", zip({{"/data.pkl", object}}));
  EXPECT_REFUSED("big endian", zip({{"net/data.pkl", object}, {"net/byteorder", "big"}}));
  EXPECT_REFUSED("its storage has 2",
                 zip({{"net/data.pkl", object}, {"net/data/0", kSixValues.substr(0, 8)}}));
  EXPECT_REFUSED("24 bytes that it should have",
                 zip({{"net/data.pkl", object}, {"net/data/0", kSixValues + "x"}}));
}

TEST(HostileCheckpoint, AnOddlyPackedEntryIsRefused) {
  std::string file = zip({{"net/data.pkl", std::string(100, 'x')}});
  constexpr std::size_t kMethodInEntry = 8;
  constexpr std::size_t kMethodInDirectory = 10;
  constexpr char kLzma = 14;
  file[kMethodInEntry] = kLzma;
  file[file.find("PK\x01\x02") + kMethodInDirectory] = kLzma;
  EXPECT_REFUSED("only stored and deflated entries are read", file);
}

TEST(HostileCheckpoint, AnEntryThatDoesNotMatchItsSumIsRefused) {
  std::string file = zip_of(View{});
  const std::size_t values = file.find(kSixValues);
  ASSERT_NE(values, std::string::npos);
  file[values] ^= 1;
  EXPECT_REFUSED("bad CRC", file);
}

TEST(HostileCheckpoint, ALegacyStreamMustHoldItsStorages) {
  const std::string object = dictionary({{"w", View{}.piece()}});
  EXPECT_REFUSED("is missing", torch_legacy(object, {}));
  EXPECT_REFUSED("nothing refers to the storage \"1\"", torch_legacy(object, {{"1", ""}}));
  EXPECT_REFUSED("but only 0 follow", torch_legacy(object, {{"0", ""}}));
  EXPECT_REFUSED("has 7 elements where 6 were announced",
                 torch_legacy(object, {{"0", raw(std::int64_t{7}) + kSixValues}}));
  EXPECT_REFUSED("needs 24 bytes, but only 23 follow",
                 torch_legacy(object, {{"0", raw(std::int64_t{6}) + kSixValues.substr(1)}}));
  const std::string once = raw(std::int64_t{6}) + kSixValues;
  EXPECT_REFUSED("comes twice", torch_legacy(object, {{"0", once}, {"0", once}}));
}

TEST(HostileCheckpoint, ALegacyStreamStatesItsVersionAndByteOrder) {
  const std::string magic = pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
  EXPECT_REFUSED("its version is not 1001", magic + pickle(integer(1002)));
  EXPECT_REFUSED("big endian",
                 magic + pickle(integer(1001)) + pickle(dictionary({{"little_endian", "\x89"}})));
}

TEST(HostileCheckpoint, NaNAndInfinityAreNamedWithTheirPlace) {
  std::vector<float> values{0, 1, 2, 3, 4, 5};
  values[5] = std::nanf("");
  const std::string with_nan = raw(values);
  const std::string object = dictionary({{"w", View{}.piece()}});
  const std::string header = R"({"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
  for (const std::string& file : {torch_zip(object, {{"0", with_nan}}),
                                  torch_legacy(object, {{"0", raw(std::int64_t{6}) + with_nan}}),
                                  safetensors(header, with_nan)}) {
    EXPECT_REFUSED("tensor \"w\"", file);
    EXPECT_REFUSED("it is nan at index [1, 2]", file);
  }
  EXPECT_REFUSED(
      "it is inf at index [0]",
      safetensors(R"({"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})", "\x00\x7c"s));
  EXPECT_REFUSED(
      "it is -inf at index []",
      safetensors(R"({"w":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})", raw(-1e300)));
}

TEST(HostileCheckpoint, EightBitFloatsAreRefusedByName) {
  EXPECT_REFUSED("F8_E4M3 is not read",
                 safetensors(R"({"w":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", "x"));
  EXPECT_REFUSED(
      "none of its 1 tensors holds floats",
      safetensors(R"({"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", "12345678"));
}

TEST(HostileCheckpoint, OtherFilesAreRecognized) {
  EXPECT_REFUSED("the file is empty", "");
  EXPECT_REFUSED("neither safetensors nor torch.save's", "just some text\n");
  EXPECT_REFUSED("a web page", "<!DOCTYPE html><html><body>404</body></html>");
  EXPECT_REFUSED("a web page", "\n <html>");
  EXPECT_REFUSED("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
  EXPECT_REFUSED("compressed with gzip", "\x1f\x8b\x08");
  EXPECT_REFUSED("a Python pickle, but not one that torch.save wrote", pickle("}"));
  EXPECT_REFUSED("\"\\x01\\x02\\x1b\"", "\x01\x02\x1b");
  EXPECT_REFUSED("its zip archive is damaged", "PK\x03\x04 and nothing else");
}

TEST(HostileCheckpoint, AFolderAndAMissingFileAreRefused) {
  const auto refusal_of = [](const std::filesystem::path& path) -> std::string {
    try {
      read_checkpoint(path);
    } catch (const core::Error& error) {
      return error.what();
    }
    return "nothing was refused";
  };
  EXPECT_NE(refusal_of(SHIFTWISE_BINARY_DIR).find("it is a folder"), std::string::npos);
  EXPECT_NE(refusal_of(SHIFTWISE_BINARY_DIR "/no.such.pt").find("no.such.pt"), std::string::npos);
}

}  // namespace
}  // namespace shiftwise::model
