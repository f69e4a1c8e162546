// SPDX-License-Identifier: Apache-2.0
#include "data/cifar10_import.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "core/hash.h"
#include "data/cifar_records.h"
#include "data/dataset.h"
#include "data/loopback_server.h"
#include "data/python_fixture.h"
#include "data/scratch_folder.h"

namespace shiftwise::data {
namespace {
namespace fs = std::filesystem;

#define EXPECT_REFUSED(text, message) \
  EXPECT_NE((message).find(text), std::string::npos) << (message)

constexpr int kImages = 3;  // per batch, for the real set's 10,000

/// Files by their name in a folder or archive.
using Files = std::map<std::string, std::string>;

Files batches(const std::string& prefix, bool python) {
  Files files;
  for (int i = 1; i <= 6; ++i) {
    const std::string name = i == 6 ? "test_batch" : "data_batch_" + std::to_string(i);
    const std::string records = cifar_records(kImages, i);
    files[prefix + name + (python ? "" : ".bin")] = python ? python_batch(records) : records;
  }
  return files;
}

Files binary_version(const std::string& prefix = "cifar-10-batches-bin/") {
  Files files = batches(prefix, false);
  files[prefix + "batches.meta.txt"] = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n";
  files[prefix + "readme.html"] = "not wanted";
  return files;
}

Files python_version(const std::string& prefix = "cifar-10-batches-py/") {
  Files files = batches(prefix, true);
  files[prefix + "batches.meta"] = python_meta({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"});
  return files;
}

/// A tar archive, optionally with entries that no honest one has.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(bool gzip = true) : bytes_(std::size_t{8} << 20, '\0') {
    writer_ = archive_write_new();
    if (gzip) archive_write_add_filter_gzip(writer_);
    archive_write_set_format_ustar(writer_);
    archive_write_open_memory(writer_, bytes_.data(), bytes_.size(), &used_);
  }
  void file(const std::string& name, const std::string& content) {
    entry(name, AE_IFREG, static_cast<std::int64_t>(content.size()), "");
    archive_write_data(writer_, content.data(), content.size());
  }
  void link(const std::string& name, const std::string& target) {
    entry(name, AE_IFLNK, 0, target);
  }
  std::string finish() {
    archive_write_close(writer_);
    archive_write_free(writer_);
    return bytes_.substr(0, used_);
  }

 private:
  void entry(const std::string& name, unsigned type, std::int64_t size, const std::string& target) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, size);
    if (!target.empty()) archive_entry_set_symlink(entry, target.c_str());
    archive_write_header(writer_, entry);
    archive_entry_free(entry);
  }

  std::string bytes_;
  std::size_t used_ = 0;
  struct archive* writer_ = nullptr;
};

std::string archive_of(const Files& files, bool gzip = true) {
  ArchiveWriter writer(gzip);
  for (const auto& [name, content] : files) writer.file(name, content);
  return writer.finish();
}

class ImportTest : public ::testing::Test {
 protected:
  ImportRequest request_from(const fs::path& source) const {
    return {.source = source, .output = output(), .images_per_batch = kImages};
  }
  fs::path output() const { return folder_.path() / "out" / "cifar10"; }
  fs::path lay_out(const Files& files) const {
    for (const auto& [name, content] : files) folder_.write("source/" + name, content);
    return folder_.path() / "source";
  }
  std::string importing(const ImportRequest& request,
                        core::Fault fault = core::Fault::kData) const {
    const std::string message =
        refusal([&] { import_cifar10(request, core::silent_progress()); }, fault);
    EXPECT_FALSE(fs::exists(output() / "test_batch.bin")) << "half-written";
    return message;
  }
  /// What every form of the small set must turn into.
  void expect_whole(const std::vector<std::string>& names) const {
    for (int i = 1; i <= 6; ++i) {
      const std::string file =
          i == 6 ? "test_batch.bin" : "data_batch_" + std::to_string(i) + ".bin";
      EXPECT_EQ(core::MappedFile(output() / file).text(), cifar_records(kImages, i)) << file;
    }
    const auto test = open_dataset(output(), Split::kTest);
    EXPECT_EQ(test->size(), kImages);
    EXPECT_EQ(test->class_names(), names);
    EXPECT_EQ(open_dataset(output(), Split::kTrain)->size(), 5 * kImages);
  }

  const std::vector<std::string> letters_{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  ScratchFolder folder_;
};

TEST_F(ImportTest, TakesTheBinaryFolder) {
  const fs::path source = lay_out(binary_version(""));
  const ImportResult result = import_cifar10(request_from(source), core::silent_progress());
  expect_whole(letters_);
  EXPECT_EQ(result.train_images, 15);
  EXPECT_EQ(result.test_images, 3);
  EXPECT_EQ(result.origin, "the binary version in " + source.string());
}

TEST_F(ImportTest, TakesThePythonFolderBelowTheGivenOne) {
  const fs::path source = lay_out(python_version());
  const ImportResult result = import_cifar10(request_from(source), core::silent_progress());
  expect_whole(letters_);
  EXPECT_EQ(result.origin, "the python version in " + source.string());
}

TEST_F(ImportTest, TakesAnArchiveOfEitherVersionPackedOrNot) {
  for (const Files& files : {binary_version(), python_version(), binary_version("./")}) {
    for (const bool gzip : {true, false}) {
      const fs::path source = folder_.write("archive", archive_of(files, gzip));
      ImportRequest request = request_from(source);
      request.overwrite = true;
      import_cifar10(request, core::silent_progress());
      expect_whole(letters_);
    }
  }
}

TEST_F(ImportTest, WithoutAMetaFileTheClassesHaveTheirUsualNames) {
  import_cifar10(request_from(lay_out(batches("", false))), core::silent_progress());
  expect_whole(cifar_class_names());
}

TEST_F(ImportTest, WritesWhereEverythingCameFrom) {
  const fs::path source = lay_out(binary_version());
  import_cifar10(request_from(source), core::silent_progress());
  const std::string note(core::MappedFile(output() / "shiftwise-import.txt").text());
  const std::string records = cifar_records(kImages, 6);
  EXPECT_REFUSED(source.string(), note);
  EXPECT_REFUSED(core::hash_bytes(core::HashKind::kSha256, std::as_bytes(std::span(records))) +
                     "  test_batch.bin",
                 note);
}

TEST_F(ImportTest, ReplacesOnlyWhatAnEarlierImportMade) {
  const ImportRequest request = request_from(lay_out(binary_version()));
  import_cifar10(request, core::silent_progress());
  ImportRequest again = request;
  EXPECT_REFUSED("exists already", refusal([&] { import_cifar10(again, core::silent_progress()); },
                                           core::Fault::kUsage));
  again.overwrite = true;
  import_cifar10(again, core::silent_progress());
  expect_whole(letters_);
  fs::remove(output() / "shiftwise-import.txt");
  EXPECT_REFUSED("did not write", refusal([&] { import_cifar10(again, core::silent_progress()); },
                                          core::Fault::kUsage));
}

TEST_F(ImportTest, AMissingBatchIsNamed) {
  Files files = binary_version();
  files.erase("cifar-10-batches-bin/data_batch_3.bin");
  files.erase("cifar-10-batches-bin/test_batch.bin");
  EXPECT_REFUSED("it lacks data_batch_3, test_batch", importing(request_from(lay_out(files))));
  EXPECT_FALSE(fs::exists(output()));
}

TEST_F(ImportTest, ABatchWithTooFewImagesIsRefusedWithBothNumbers) {
  Files files = binary_version();
  files["cifar-10-batches-bin/data_batch_2.bin"] = cifar_records(2);
  const std::string message = importing(request_from(lay_out(files)));
  EXPECT_REFUSED("data_batch_2.bin", message);
  EXPECT_REFUSED("it holds 2 images; expected 3", message);
}

TEST_F(ImportTest, ACutArchiveIsRefused) {
  const std::string whole = archive_of(binary_version());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 9}) {
    const fs::path source = folder_.write("archive.tar.gz", whole.substr(0, size));
    EXPECT_REFUSED("archive.tar.gz", importing(request_from(source))) << size;
  }
}

TEST_F(ImportTest, SomethingThatIsNoArchiveIsRefused) {
  const fs::path source = folder_.write("archive.tar.gz", "this is a text, not an archive");
  EXPECT_REFUSED("cannot unpack an archive", importing(request_from(source)));
  EXPECT_REFUSED("absent.tar.gz", importing(request_from(folder_.path() / "absent.tar.gz")));
}

TEST_F(ImportTest, APipeIsRefusedInsteadOfWaitedFor) {
  const fs::path source = folder_.path() / "pipe";
  ASSERT_EQ(::mkfifo(source.c_str(), 0600), 0);
  EXPECT_REFUSED("it is not a regular file", importing(request_from(source)));
}

TEST_F(ImportTest, NamesThatLeadElsewhereAreNotTaken) {
  ArchiveWriter writer;
  writer.file("../data_batch_1.bin", cifar_records(kImages, 9));
  writer.file("/data_batch_2.bin", cifar_records(kImages, 9));
  writer.file("elsewhere/data_batch_3.bin", cifar_records(kImages, 9));
  writer.link("cifar-10-batches-bin/data_batch_4.bin", "../../../../../etc/hostname");
  for (const auto& [name, content] : binary_version()) writer.file(name, content);
  import_cifar10(request_from(folder_.write("archive", writer.finish())), core::silent_progress());
  expect_whole(letters_);
}

TEST_F(ImportTest, ABatchThatComesTwiceIsRefused) {
  ArchiveWriter writer;
  writer.file("data_batch_1.bin", cifar_records(kImages));
  writer.file("cifar-10-batches-py/data_batch_1", python_batch(cifar_records(kImages)));
  EXPECT_REFUSED("is there twice",
                 importing(request_from(folder_.write("archive", writer.finish()))));
}

TEST_F(ImportTest, AnArchiveThatUnpacksToFarTooMuchIsRefused) {
  Files files = binary_version();
  files["cifar-10-batches-bin/data_batch_1.bin"] = std::string(2'000'000, '\0');
  EXPECT_REFUSED("2000000 bytes; at most",
                 importing(request_from(folder_.write("archive", archive_of(files)))));
  files["cifar-10-batches-bin/a-bomb"] = std::string(20'000'000, '\0');
  EXPECT_REFUSED("far more than CIFAR-10",
                 importing(request_from(folder_.write("archive", archive_of(files)))));
}

TEST_F(ImportTest, DownloadsVerifiesUnpacksAndTidiesUp) {
  const std::string archive = archive_of(binary_version());
  const LoopbackServer server([&](const Request& r) { return Answer{serve_file(r, archive)}; });
  ImportRequest request = request_from("");
  request.url = server.url();
  request.md5 = core::hash_bytes(core::HashKind::kMd5, std::as_bytes(std::span(archive)));
  const ImportResult result = import_cifar10(request, core::silent_progress());
  expect_whole(letters_);
  EXPECT_EQ(result.origin, "the binary version in " + server.url());
  const fs::directory_iterator beside(output().parent_path());
  EXPECT_EQ(std::distance(begin(beside), end(beside)), 1) << "nothing but the result is left";
}

TEST_F(ImportTest, AWrongDownloadLeavesNothing) {
  const LoopbackServer server(
      [](const Request& r) { return Answer{serve_file(r, archive_of(binary_version()))}; });
  ImportRequest request = request_from("");
  request.url = server.url();
  EXPECT_REFUSED(std::string("expected md5 ") + kCifar10Md5, importing(request));
  EXPECT_FALSE(fs::exists(output().parent_path()));
}

}  // namespace
}  // namespace shiftwise::data
