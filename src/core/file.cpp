// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/diagnostic.h"

namespace shiftwise::core {
namespace fs = std::filesystem;
namespace {

std::string reason() { return std::strerror(errno); }

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail_write(const fs::path& path, const std::string& why) {
  throw Error({.what = "cannot write a file",
               .where = path.string(),
               .why = why,
               .hint = "check the free space and the permissions of the folder"});
}

void write_all(int fd, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_write(path, reason());
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) fail_write(path, reason());
}

/// A name beside `path` that no other process uses.
fs::path temporary_beside(const fs::path& path) {
  if (path.empty())
    throw Error({.fault = Fault::kUsage, .what = "what is to be written has no name"});
  fs::path absolute = fs::absolute(path).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  return absolute.parent_path() /
         fmt::format(".{}.{}.tmp", absolute.filename().string(), ::getpid());
}

}  // namespace

MappedFile::MappedFile(const fs::path& path) {
  // Without O_NONBLOCK, opening a pipe waits for somebody to write into it.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    throw Error({.what = "cannot read a file", .where = path.string(), .why = reason()});
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error({.what = "cannot read a file",
                 .where = path.string(),
                 .why = S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file"});
  }
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) {
    throw Error({.what = "cannot read a file", .where = path.string(), .why = reason()});
  }
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  const fs::path temporary = temporary_beside(path);
  try {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0) fail_write(path, reason());
    write_all(file.get(), bytes, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail_write(path, reason());
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

OutputFolder::OutputFolder(fs::path path, bool overwrite, std::string marker)
    : path_(std::move(path)), temporary_(temporary_beside(path_)) {
  std::error_code error;
  if (fs::exists(path_, error)) {
    if (!overwrite) {
      throw Error({.fault = Fault::kUsage,
                   .what = "the output folder exists already",
                   .where = path_.string(),
                   .hint = "choose another folder with -o, or add --force to replace it"});
    }
    if (!fs::exists(path_ / marker, error)) {
      throw Error({.fault = Fault::kUsage,
                   .what = "refusing to replace something that shiftwise did not write",
                   .where = path_.string(),
                   .why = fmt::format("it has no {}", marker),
                   .hint = "choose another folder with -o"});
    }
  }
  for (fs::path above = temporary_.parent_path(); !fs::exists(above, error);
       above = above.parent_path()) {
    made_above_.push_back(above);
  }
  fs::create_directories(temporary_.parent_path(), error);
  fs::remove_all(temporary_, error);
  if (!fs::create_directory(temporary_, error)) {
    abandon();
    throw Error({.what = "cannot make the output folder",
                 .where = path_.string(),
                 .why = error ? error.message() : "a file of that name is in the way",
                 .hint = "check the free space and the permissions of the folder above"});
  }
}

OutputFolder::~OutputFolder() {
  if (!committed_) abandon();
}

void OutputFolder::abandon() const {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
  for (const fs::path& above : made_above_) ::rmdir(above.c_str());  // where nobody else used it
}

void OutputFolder::commit() {
  std::error_code error;
  fs::path old = temporary_;
  old += ".old";
  const bool replaces = fs::exists(path_, error);
  if (replaces) fs::rename(path_, old, error);
  if (!error) fs::rename(temporary_, path_, error);
  if (error) {
    std::error_code ignored;
    if (replaces) fs::rename(old, path_, ignored);
    fail_write(path_, error.message());
  }
  committed_ = true;
  if (replaces) fs::remove_all(old, error);
}

}  // namespace shiftwise::core
