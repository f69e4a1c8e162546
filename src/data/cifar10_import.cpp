// SPDX-License-Identifier: Apache-2.0
#include "data/cifar10_import.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "core/diagnostic.h"
#include "data/archive.h"
#include "data/batch_sink.h"
#include "data/download.h"
#include "data/folder.h"

namespace shiftwise::data {
namespace fs = std::filesystem;
namespace {

/// Takes one version of CIFAR-10's files from `folder`: the binary one if any of it is there.
/// Says whether there was anything.
bool take_files(const fs::path& folder, BatchSink& sink) {
  std::vector<fs::path> files = list_folder(folder).files;
  std::erase_if(files,
                [](const fs::path& file) { return !BatchSink::wants(file.filename().string()); });
  const auto is_binary = [](const fs::path& file) {
    return file.extension() == ".bin" || file.filename() == kBinaryMeta;
  };
  const bool binary = std::ranges::any_of(files, is_binary);
  for (const fs::path& file : files) {
    if (is_binary(file) != binary) continue;
    sink.take(file.filename().string(), core::MappedFile(file).bytes(), file.string());
  }
  return !files.empty();
}

void take_folder(const fs::path& source, BatchSink& sink) {
  for (const char* below : {"", "cifar-10-batches-bin", "cifar-10-batches-py"}) {
    std::error_code ignored;
    if (fs::is_directory(source / below, ignored) && take_files(source / below, sink)) return;
  }
}

/// The archive lies beside the output while it arrives and until it has been unpacked.
fs::path archive_beside(const fs::path& output) {
  const fs::path absolute = fs::absolute(output / "").lexically_normal();
  return absolute.parent_path().parent_path() / "cifar-10-binary.tar.gz";
}

}  // namespace

ImportResult import_cifar10(const ImportRequest& request, core::Progress& progress) {
  BatchSink sink(request, progress);
  std::error_code ignored;
  if (request.source.empty()) {
    const fs::path archive = archive_beside(request.output);
    download({.url = request.url,
              .md5 = request.md5,
              .file = archive,
              .connect_timeout_s = request.connect_timeout_s,
              .stall_timeout_s = request.stall_timeout_s},
             progress);
    unpack_batches(archive, sink);
    const ImportResult result = sink.finish(request.url);
    fs::remove(archive, ignored);
    return result;
  }
  if (fs::is_directory(request.source, ignored)) {
    take_folder(request.source, sink);
  } else {
    unpack_batches(request.source, sink);
  }
  return sink.finish(request.source.string());
}

}  // namespace shiftwise::data
