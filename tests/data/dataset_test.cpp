// SPDX-License-Identifier: Apache-2.0
#include "data/dataset.h"

#include <gtest/gtest.h>

#include "data/cifar_records.h"
#include "data/picture_writers.h"
#include "data/scratch_folder.h"

namespace shiftwise::data {
namespace {
namespace fs = std::filesystem;

std::string opening(const fs::path& folder, Split split) {
  return refusal([&] { open_dataset(folder, split); });
}

#define EXPECT_REFUSED(text, message) \
  EXPECT_NE((message).find(text), std::string::npos) << (message)

std::vector<std::uint8_t> pixels_of(const Dataset& dataset, std::int64_t i) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(dataset.shape().elements()));
  dataset.read(i, pixels);
  return pixels;
}

/// A w x h picture of one colour.
std::string flat_png(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  PngRecipe recipe{.width = width, .height = height};
  for (int i = 0; i < width * height; ++i) recipe.samples.insert(recipe.samples.end(), {r, g, b});
  return png_file(recipe);
}

TEST(CifarFolder, BatchesFollowEachOtherInNumericalOrder) {
  const ScratchFolder folder;
  folder.write("data_batch_10.bin", cifar_records(1, 5));
  folder.write("data_batch_2.bin", cifar_records(2, 3));
  folder.write("test_batch.bin", cifar_records(3, 0));
  const auto train = open_dataset(folder.path(), Split::kTrain);
  ASSERT_EQ(train->size(), 3);
  EXPECT_EQ(train->label(0), 3);
  EXPECT_EQ(train->label(1), 4);
  EXPECT_EQ(train->label(2), 5);
  EXPECT_EQ(train->shape(), kCifarShape);
  EXPECT_EQ(train->class_names(), cifar_class_names());
  const std::string second = cifar_records(2, 3).substr(3073 + 1);
  const auto pixels = pixels_of(*train, 1);
  EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), second.begin(),
                         [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
}

TEST(CifarFolder, IsFoundBelowTheGivenFolder) {
  const ScratchFolder folder;
  folder.write("cifar-10-batches-bin/test_batch.bin", cifar_records(4));
  EXPECT_EQ(open_dataset(folder.path(), Split::kTest)->size(), 4);
}

TEST(CifarFolder, ClassNamesComeFromTheMetaFile) {
  const ScratchFolder folder;
  folder.write("test_batch.bin", cifar_records(1));
  folder.write("batches.meta.txt", "a\r\nb\nc\nd\ne\nf\ng\nh\ni\n j \n\n");
  EXPECT_EQ(open_dataset(folder.path(), Split::kTest)->class_names(),
            (std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}));
  folder.write("batches.meta.txt", "a\nb\n");
  EXPECT_REFUSED("it has 2 names, one a line; expected 10", opening(folder.path(), Split::kTest));
}

// The promise that calibration never sees a test image rests on this.
TEST(CifarFolder, OnlyFilesOfTheAskedSplitAreOpened) {
  const ScratchFolder folder;
  const fs::path train = folder.write("data_batch_1.bin", cifar_records(1));
  const fs::path test = folder.write("test_batch.bin", "no record at all");
  EXPECT_EQ(open_dataset(folder.path(), Split::kTrain)->files(), std::vector{train});
  folder.write("data_batch_1.bin", "no record at all");
  folder.write("test_batch.bin", cifar_records(2));
  EXPECT_EQ(open_dataset(folder.path(), Split::kTest)->files(), std::vector{test});
  EXPECT_REFUSED("data_batch_1.bin", opening(folder.path(), Split::kTrain));
}

TEST(CifarFolder, AnAbsentSplitIsNamed) {
  const ScratchFolder folder;
  const fs::path test = folder.write("test_batch.bin", cifar_records(1));
  EXPECT_REFUSED("there is no data_batch_*.bin", opening(folder.path(), Split::kTrain));
  fs::rename(test, folder.path() / "data_batch_1.bin");
  EXPECT_REFUSED("there is no test_batch.bin", opening(folder.path(), Split::kTest));
}

TEST(CifarFolder, ACutFileIsRefusedWithItsSize) {
  const ScratchFolder folder;
  folder.write("test_batch.bin", cifar_records(2).substr(0, 5000));
  EXPECT_REFUSED("5000 bytes, is no multiple of 3073", opening(folder.path(), Split::kTest));
  folder.write("test_batch.bin", "");
  EXPECT_REFUSED("0 bytes", opening(folder.path(), Split::kTest));
}

TEST(CifarFolder, AWrongLabelIsRefusedWithItsPlace) {
  const ScratchFolder folder;
  std::string records = cifar_records(3);
  records[2 * 3073] = 10;
  folder.write("test_batch.bin", records);
  EXPECT_REFUSED("record 2, byte 6146", opening(folder.path(), Split::kTest));
  EXPECT_REFUSED("the label is 10; expected 0 .. 9", opening(folder.path(), Split::kTest));
}

TEST(ImageFolder, SortedFolderNamesAreTheClasses) {
  const ScratchFolder folder;
  folder.write("train/dog/1.png", flat_png(4, 2, 9, 8, 7));
  folder.write("train/cat/2.PNG", flat_png(4, 2, 1, 2, 3));
  folder.write("train/cat/notes.txt", "not an image");
  folder.write("test/cat/3.png", flat_png(4, 2, 0, 0, 0));
  const auto train = open_dataset(folder.path(), Split::kTrain);
  EXPECT_EQ(train->class_names(), (std::vector<std::string>{"cat", "dog"}));
  ASSERT_EQ(train->size(), 2);
  EXPECT_EQ(train->label(0), 0);
  EXPECT_EQ(train->label(1), 1);
  EXPECT_EQ(train->shape(), (core::ImageShape{3, 2, 4}));
  EXPECT_EQ(pixels_of(*train, 0), (std::vector<std::uint8_t>{1, 1, 1, 1, 1, 1, 1, 1,  //
                                                             2, 2, 2, 2, 2, 2, 2, 2,  //
                                                             3, 3, 3, 3, 3, 3, 3, 3}));
  EXPECT_EQ(open_dataset(folder.path(), Split::kTest)->size(), 1);
}

TEST(ImageFolder, ClassesTakeTurnsSoThatTheFirstImagesAreOfMany) {
  const ScratchFolder folder;
  for (const char* name :
       {"cat/1.png", "cat/2.png", "cat/3.png", "dog/1.png", "emu/1.png", "emu/2.png"}) {
    folder.write(name, flat_png(1, 1, 0, 0, 0));
  }
  const auto images = open_dataset(folder.path(), Split::kTrain);
  std::vector<int> labels;
  for (std::int64_t i = 0; i < images->size(); ++i) labels.push_back(images->label(i));
  EXPECT_EQ(labels, (std::vector<int>{0, 1, 2, 0, 2, 0}));
}

TEST(ImageFolder, ValStandsInForTest) {
  const ScratchFolder folder;
  folder.write("val/a.png", flat_png(1, 1, 0, 0, 0));
  EXPECT_EQ(open_dataset(folder.path(), Split::kTest)->size(), 1);
  EXPECT_REFUSED("there is a test/ or val/, but no train/", opening(folder.path(), Split::kTrain));
}

TEST(ImageFolder, WithoutSplitsServesBoth) {
  const ScratchFolder folder;
  folder.write("a.png", flat_png(1, 1, 0, 0, 0));
  folder.write("b.jpg", jpeg_file(1, 1, 1, {128}));
  for (const Split split : {Split::kTrain, Split::kTest}) {
    const auto dataset = open_dataset(folder.path(), split);
    EXPECT_EQ(dataset->size(), 2);
    EXPECT_EQ(dataset->label(0), -1);
    EXPECT_TRUE(dataset->class_names().empty());
  }
}

TEST(ImageFolder, OnlyFilesOfTheAskedSplitAreOpened) {
  const ScratchFolder folder;
  folder.write("train/a.png", flat_png(1, 1, 0, 0, 0));
  folder.write("test/a.png", "no picture at all");
  EXPECT_EQ(open_dataset(folder.path(), Split::kTrain)->size(), 1);
  EXPECT_REFUSED("neither PNG's nor JPEG's", opening(folder.path(), Split::kTest));
}

TEST(ImageFolder, AnImageOfAnotherSizeIsNamedWithBothSizes) {
  const ScratchFolder folder;
  folder.write("a.png", flat_png(32, 32, 0, 0, 0));
  folder.write("b.png", flat_png(31, 32, 0, 0, 0));
  const auto dataset = open_dataset(folder.path(), Split::kTest);
  const std::string message = refusal([&] { pixels_of(*dataset, 1); });
  EXPECT_REFUSED("b.png", message);
  EXPECT_REFUSED("expected 3x32x32 (as a.png), got 3x32x31", message);
}

TEST(ImageFolder, BareImagesBesideClassesAreRefused) {
  const ScratchFolder folder;
  folder.write("a.png", flat_png(1, 1, 0, 0, 0));
  folder.write("cat/b.png", flat_png(1, 1, 0, 0, 0));
  EXPECT_REFUSED("1 bare images lie beside folders with 1 images",
                 opening(folder.path(), Split::kTest));
}

TEST(ImageFolder, AFolderWithoutAnyDataIsRefused) {
  const ScratchFolder folder;
  folder.write("readme.txt", "nothing here");
  EXPECT_REFUSED("the data has no training images", opening(folder.path(), Split::kTrain));
  EXPECT_REFUSED("No such file or directory", opening(folder.path() / "absent", Split::kTrain));
}

TEST(Files, PicturesAndRecordsStandBesideEachOther) {
  const ScratchFolder folder;
  const fs::path picture = folder.write("a.png", flat_png(32, 32, 5, 6, 7));
  const fs::path records = folder.write("some.bin", cifar_records(2, 4));
  const auto dataset = open_files({picture, records, picture});
  ASSERT_EQ(dataset->size(), 4);
  EXPECT_EQ(dataset->label(0), -1);
  EXPECT_EQ(dataset->label(1), 4);
  EXPECT_EQ(dataset->label(2), 5);
  EXPECT_EQ(dataset->label(3), -1);
  EXPECT_EQ(pixels_of(*dataset, 3).front(), 5);
  EXPECT_EQ(dataset->class_names(), cifar_class_names());
  EXPECT_EQ(dataset->files(), (std::vector{picture, records, picture}));
}

TEST(Files, DifferentSizesAreRefusedAtOnce) {
  const ScratchFolder folder;
  const fs::path small = folder.write("small.png", flat_png(8, 8, 0, 0, 0));
  const fs::path records = folder.write("some.bin", cifar_records(1));
  const std::string message = refusal([&] { open_files({records, small}); });
  EXPECT_REFUSED("small.png", message);
  EXPECT_REFUSED("expected 3x32x32 (as some.bin), got 3x8x8", message);
}

TEST(Files, NoneIsAUsageError) {
  EXPECT_REFUSED("no image given", refusal([] { open_files({}); }, core::Fault::kUsage));
}

TEST(ReadNormalized, EveryStepIsRoundedToFloat32) {
  const ScratchFolder folder;
  folder.write("data_batch_1.bin", cifar_records(3));
  const auto dataset = open_dataset(folder.path(), Split::kTrain);
  const Normalization normalization{.mean = {0.4914F, 0.4822F, 0.4465F},
                                    .std = {0.2023F, 0.1994F, 0.2010F}};
  std::vector<float> values(2 * 3072);
  read_normalized(*dataset, 1, 2, normalization, values);
  for (std::int64_t image = 0; image < 2; ++image) {
    const auto pixels = pixels_of(*dataset, 1 + image);
    for (std::size_t at = 0; at < 3072; ++at) {
      const std::size_t c = at / 1024;
      volatile float step = static_cast<float>(pixels[at]) / 255.0F;
      step = step - normalization.mean[c];
      step = step / normalization.std[c];
      ASSERT_EQ(values[static_cast<std::size_t>(image) * 3072 + at], step);
    }
  }
}

TEST(ReadNormalized, TheEmbeddedSampleIsReadWhole) {
  const fs::path sample = fs::path(SHIFTWISE_SOURCE_DIR) / "assets" / "cifar10";
  EXPECT_EQ(open_dataset(sample, Split::kTrain)->size(), 256);
  const auto test = open_dataset(sample, Split::kTest);
  ASSERT_EQ(test->size(), 1000);
  EXPECT_EQ(test->label(0), 3);  // the test batch begins with a cat
  EXPECT_EQ(test->class_names()[3], "cat");
}

}  // namespace
}  // namespace shiftwise::data
