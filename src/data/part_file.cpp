// SPDX-License-Identifier: Apache-2.0
#include "data/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/diagnostic.h"

namespace shiftwise::data {

PartFile::PartFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail();
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw core::Error(
        {.what = "another download of the same file is running", .where = path_.string()});
  }
  size_ = ::lseek(descriptor_, 0, SEEK_END);
}

PartFile::~PartFile() {
  if (size_ == 0) ::unlink(path_.c_str());
  ::close(descriptor_);
}

void PartFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail();
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += written;
  }
}

void PartFile::clear() {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0) fail();
  size_ = 0;
}

void PartFile::publish(const std::filesystem::path& name) {
  if (::fsync(descriptor_) != 0 || ::rename(path_.c_str(), name.c_str()) != 0) fail();
}

void PartFile::remove() {
  if (::unlink(path_.c_str()) != 0) fail();
}

void PartFile::fail() const {
  throw core::Error({.what = "cannot keep what is downloaded",
                     .where = path_.string(),
                     .why = std::strerror(errno),
                     .hint = "check the free space and the permissions of the folder"});
}

}  // namespace shiftwise::data
