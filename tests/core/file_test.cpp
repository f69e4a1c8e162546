// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/diagnostic.h"

namespace shiftwise::core {
namespace {
namespace fs = std::filesystem;

/// A fresh folder for each test, removed behind it.
class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("shiftwise-" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(FileTest, AWrittenFileReadsBack) {
  write_file(folder_ / "a", "hello");
  EXPECT_EQ(MappedFile(folder_ / "a").text(), "hello");
  write_file(folder_ / "a", "");
  EXPECT_EQ(MappedFile(folder_ / "a").text(), "");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, MissingFilesAndFoldersAreRefusedByName) {
  EXPECT_THROW(MappedFile(folder_ / "absent"), Error);
  try {
    MappedFile file(folder_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().why, "it is a folder");
    EXPECT_EQ(error.diagnostic().where, folder_.string());
  }
}

TEST_F(FileTest, APipeIsRefusedInsteadOfWaitedFor) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  try {
    MappedFile file(folder_ / "pipe");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().why, "it is not a regular file");
  }
}

TEST_F(FileTest, WritingWhereNothingCanBeWrittenLeavesNothing) {
  EXPECT_THROW(write_file(folder_ / "no" / "such" / "folder", "x"), Error);
  fs::create_directory(folder_ / "taken");
  std::ofstream(folder_ / "taken" / "inside") << "x";
  EXPECT_THROW(write_file(folder_ / "taken", "x"), Error);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, AnOutputFolderAppearsOnlyWhenCommitted) {
  {
    OutputFolder abandoned(folder_ / "out", false, "marker");
    write_file(abandoned.folder() / "marker", "x");
    EXPECT_FALSE(fs::exists(folder_ / "out"));
  }
  EXPECT_EQ(entries(), 0U);
  OutputFolder kept(folder_ / "out", false, "marker");
  write_file(kept.folder() / "marker", "x");
  kept.commit();
  EXPECT_EQ(MappedFile(folder_ / "out" / "marker").text(), "x");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, FoldersAboveAnAbandonedOutputGoWithItUnlessTheyWereThere) {
  fs::create_directory(folder_ / "mine");
  {
    OutputFolder abandoned(folder_ / "mine" / "a" / "b" / "out", false, "marker");
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "mine"));
  {
    OutputFolder abandoned(folder_ / "mine" / "a" / "b" / "out", false, "marker");
    write_file(folder_ / "mine" / "a" / "somebody", "x");
  }
  EXPECT_FALSE(fs::exists(folder_ / "mine" / "a" / "b"));
  EXPECT_TRUE(fs::exists(folder_ / "mine" / "a" / "somebody"));
}

TEST_F(FileTest, AnOutputWithoutANameIsAUsageError) {
  try {
    OutputFolder folder("", false, "marker");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().fault, Fault::kUsage);
    EXPECT_STREQ(error.what(), "what is to be written has no name");
  }
}

TEST_F(FileTest, AnExistingOutputFolderIsReplacedOnlyOnRequestAndOnlyIfItIsOurs) {
  fs::create_directory(folder_ / "out");
  EXPECT_THROW(OutputFolder(folder_ / "out", false, "marker"), Error);
  EXPECT_THROW(OutputFolder(folder_ / "out", true, "marker"), Error);
  write_file(folder_ / "out" / "marker", "old");
  write_file(folder_ / "out" / "stale", "old");
  OutputFolder replacement(folder_ / "out", true, "marker");
  write_file(replacement.folder() / "marker", "new");
  replacement.commit();
  EXPECT_EQ(MappedFile(folder_ / "out" / "marker").text(), "new");
  EXPECT_FALSE(fs::exists(folder_ / "out" / "stale"));
  EXPECT_EQ(entries(), 1U);
}

}  // namespace
}  // namespace shiftwise::core
