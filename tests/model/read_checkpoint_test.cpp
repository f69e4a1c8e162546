// SPDX-License-Identifier: Apache-2.0
// What a checkpoint may look like and still be read.
#include <gtest/gtest.h>

#include <cstring>

#include "core/file.h"
#include "model/checkpoint_bytes.h"
#include "model/load.h"

namespace shiftwise::model {
namespace {

using namespace std::string_literals;
using namespace tests;

const std::vector<float> kSix{0, 1, 2, 3, 4, 5};

Checkpoint read(const std::string& file) {
  return parse_checkpoint(std::as_bytes(std::span(file)), "some.pt");
}

/// The tensor "w" of a file that holds nothing else.
core::Tensor<float> read_w(const std::string& file) {
  const Checkpoint checkpoint = read(file);
  EXPECT_EQ(checkpoint.tensors.size(), 1U);
  return checkpoint.tensors.at("w");
}

core::Tensor<float> read_view(const View& view, const std::string& storage) {
  return read_w(torch_zip(dictionary({{"w", view.piece()}}), {{view.storage.key, storage}}));
}

TEST(ReadCheckpoint, TheFormatIsFoundByContent) {
  const std::string object = dictionary({{"w", View{}.piece()}});
  const std::string values = raw(kSix);
  EXPECT_EQ(read(torch_zip(object, {{"0", values}})).format, "PyTorch zip");
  EXPECT_EQ(read(torch_legacy(object, {{"0", raw(std::int64_t{6}) + values}})).format,
            "PyTorch legacy");
  EXPECT_EQ(
      read(safetensors(R"({"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})", values))
          .format,
      "safetensors");
}

TEST(ReadCheckpoint, EveryFloatTypeIsWidened) {
  const auto view = [](const char* type) {
    return View{.storage = {.type = type, .elements = 2}, .sizes = {2}, .strides = {1}};
  };
  const core::Tensor<float> wanted({2}, {-1.5F, 0.25F});
  EXPECT_EQ(read_view(view("torch.DoubleStorage"), raw(-1.5) + raw(0.25)), wanted);
  EXPECT_EQ(read_view(view("torch.FloatStorage"), raw(-1.5F) + raw(0.25F)), wanted);
  EXPECT_EQ(read_view(view("torch.HalfStorage"), "\x00\xbe\x00\x34"s), wanted);
  EXPECT_EQ(read_view(view("torch.BFloat16Storage"), "\xc0\xbf\x80\x3e"s), wanted);
}

TEST(ReadCheckpoint, StridesAndOffsetsSelectFromTheStorage) {
  EXPECT_EQ(read_view({.sizes = {3, 2}, .strides = {1, 3}}, raw(kSix)),
            core::Tensor<float>({3, 2}, {0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(read_view({.offset = 1, .sizes = {2}, .strides = {4}}, raw(kSix)),
            core::Tensor<float>({2}, {1, 5}));
  EXPECT_EQ(read_view({.offset = 5, .sizes = {}, .strides = {}}, raw(kSix)),
            core::Tensor<float>({}, {5}));
  EXPECT_EQ(read_view({.offset = 2, .sizes = {2, 2}, .strides = {0, 1}}, raw(kSix)),
            core::Tensor<float>({2, 2}, {2, 3, 2, 3}));
}

TEST(ReadCheckpoint, ATensorMayHaveNoValues) {
  EXPECT_EQ(read_view({.storage = {.elements = 0}, .sizes = {0, 3}}, ""),
            core::Tensor<float>({0, 3}, {}));
}

TEST(ReadCheckpoint, TensorsMayShareAStorage) {
  const Checkpoint checkpoint =
      read(torch_zip(dictionary({{"a", View{.offset = 0, .sizes = {2}, .strides = {1}}.piece()},
                                 {"b", View{.offset = 1, .sizes = {2}, .strides = {1}}.piece()}}),
                     {{"0", raw(kSix)}}));
  EXPECT_EQ(checkpoint.tensors.at("a").values, (std::vector<float>{0, 1}));
  EXPECT_EQ(checkpoint.tensors.at("b").values, (std::vector<float>{1, 2}));
}

TEST(ReadCheckpoint, AnOldStreamMayNameAPartOfAStorage) {
  const View view{.storage = {.part = tuple({text("part"), integer(2), integer(4)})},
                  .offset = 1,
                  .sizes = {2},
                  .strides = {1}};
  EXPECT_EQ(read_w(torch_legacy(dictionary({{"w", view.piece()}}),
                                {{"0", raw(std::int64_t{6}) + raw(kSix)}}))
                .values,
            (std::vector<float>{3, 4}));
}

TEST(ReadCheckpoint, Python2HandsAnOrderedDictionaryItsPairs) {
  const std::string pair = "](U\x01w" + View{}.piece() + "e";
  EXPECT_EQ(
      read_w(torch_zip(call("collections.OrderedDict", {"](" + pair + "e"}), {{"0", raw(kSix)}}))
          .values,
      kSix);
}

TEST(ReadCheckpoint, WrappersAroundTheStateDictAreOpened) {
  const std::string inner = dictionary({{"w", View{}.piece()}});
  for (const char* wrapper : {"state_dict", "model_state_dict", "model", "net"}) {
    EXPECT_EQ(read_w(torch_zip(dictionary({{"epoch", integer(3)},
                                           {"best", View{.sizes = {}, .strides = {}}.piece()},
                                           {"optimizer", dictionary({{"state", "}"}})},
                                           {wrapper, inner}}),
                               {{"0", raw(kSix)}}))
                  .values,
              kSix)
        << wrapper;
  }
  EXPECT_EQ(read_w(torch_zip(dictionary({{"net", dictionary({{"state_dict", inner}})}}),
                             {{"0", raw(kSix)}}))
                .values,
            kSix);
}

TEST(ReadCheckpoint, PrefixesOfWrappedNetworksAreRemoved) {
  const Checkpoint checkpoint =
      read(torch_zip(dictionary({{"module._orig_mod.a", View{}.piece()},
                                 {"module._orig_mod.module", View{}.piece()}}),
                     {{"0", raw(kSix)}}));
  EXPECT_TRUE(checkpoint.tensors.contains("a"));
  EXPECT_TRUE(checkpoint.tensors.contains("module"));
}

TEST(ReadCheckpoint, IntegersAreSkippedAndNamed) {
  const std::string count = View{
      .storage = {.type = "torch.LongStorage", .key = "1", .elements = 1},
      .sizes = {},
      .strides = {}}.piece();
  const std::string object = dictionary({{"w", View{}.piece()}, {"n", count}});
  const std::string eight = raw(std::int64_t{7});
  const Checkpoint zipped = read(torch_zip(object, {{"0", raw(kSix)}, {"1", eight}}));
  EXPECT_EQ(zipped.tensors.size(), 1U);
  EXPECT_EQ(zipped.skipped, (std::map<std::string, std::string>{{"n", "I64"}}));
  const Checkpoint legacy = read(torch_legacy(
      object, {{"1", raw(std::int64_t{1}) + eight}, {"0", raw(std::int64_t{6}) + raw(kSix)}}));
  EXPECT_EQ(legacy.tensors, zipped.tensors);
  EXPECT_EQ(legacy.skipped, zipped.skipped);
}

TEST(ReadCheckpoint, MetricsAndOptionsBesideTheWeightsAreIgnored) {
  const std::string metric =
      call("numpy.core.multiarray.scalar",
           {call("numpy.dtype", {text("f8"), "\x89", "\x88"}), "U\x08" + raw(0.5)});
  const std::string array =
      call("numpy._core.multiarray._reconstruct",
           {global("numpy.ndarray"), tuple({integer(0)}), call("_codecs.encode", {text("b")})});
  const std::string path = call("pathlib.PosixPath", {text("/"), text("runs")});
  const std::string options =
      "cargparse\nNamespace\n)\x81" + dictionary({{"lr", "K\x01"}, {"out", path}}) + "b";
  EXPECT_EQ(read_w(torch_zip(dictionary({{"model", dictionary({{"w", View{}.piece()}})},
                                         {"best", metric},
                                         {"history", array},
                                         {"dtype", global("torch.int64")},
                                         {"args", options},
                                         {"none", "N"}}),
                             {{"0", raw(kSix)}}))
                .values,
            kSix);
}

TEST(ReadCheckpoint, ADeflatedArchiveIsRead) {
  EXPECT_EQ(read_w(zip({{"net/data/0", raw(kSix)},
                        {"net/data.pkl", pickle(dictionary({{"w", View{}.piece()}}))}},
                       true))
                .values,
            kSix);
}

TEST(ReadCheckpoint, TheMetadataOfSafetensorsIsKept) {
  const Checkpoint checkpoint = read(safetensors(
      R"({"__metadata__":{"mean":"0.5"},"w":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}})",
      raw(kSix)));
  EXPECT_EQ(checkpoint.metadata.at("mean"), "0.5");
  EXPECT_EQ(checkpoint.tensors.at("w").values, kSix);
}

TEST(ReadCheckpoint, TheEmbeddedNetworkHasItsParameters) {
  const Checkpoint checkpoint =
      read_checkpoint(SHIFTWISE_SOURCE_DIR "/assets/resnet50-cifar10.safetensors");
  EXPECT_EQ(checkpoint.tensors.size(), 267U);
}

}  // namespace
}  // namespace shiftwise::model
