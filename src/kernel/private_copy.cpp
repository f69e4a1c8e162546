// SPDX-License-Identifier: Apache-2.0
#include "kernel/private_copy.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::kernel {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw core::Error({.what = "cannot load the kernel library",
                     .where = file.string(),
                     .why = why,
                     .hint = "build it again on this machine: shiftwise kernel build FILE.cc"});
}

void write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(file, std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace

PrivateCopy::PrivateCopy(const std::filesystem::path& file) {
  const core::MappedFile mapped(file);
  memory_ = ::memfd_create(file.filename().c_str(), MFD_CLOEXEC);
  if (memory_ < 0) refuse(file, std::strerror(errno));
  try {
    write_all(memory_, mapped.bytes(), file);
    const std::string name = fmt::format("/proc/self/fd/{}", memory_);
    handle_ = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) {
      std::string reason = ::dlerror();
      if (const auto at = reason.find(name); at != std::string::npos) {
        reason.replace(at, name.size(), file.filename().string());
      }
      refuse(file, reason);
    }
  } catch (...) {
    ::close(memory_);
    throw;
  }
}

PrivateCopy::~PrivateCopy() {
  ::dlclose(handle_);
  ::close(memory_);
}

void* PrivateCopy::find(const char* symbol) const { return ::dlsym(handle_, symbol); }

}  // namespace shiftwise::kernel
