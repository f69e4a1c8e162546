// SPDX-License-Identifier: Apache-2.0
#include "kernel/elf.h"

#include <elf.h>
#include <fmt/format.h>
#include <shiftwise_core.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/diagnostic.h"

namespace shiftwise::kernel {
namespace {

#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number"
#endif

/// More than any kernel's names take together.
constexpr std::size_t kMostNameBytes = std::size_t{16} << 20;

class Reader {
 public:
  Reader(std::span<const std::byte> file, const std::string& where) : file_(file), where_(where) {}

  [[noreturn]] void refuse(const std::string& why) const {
    throw core::Error({.what = "this is not a kernel library for this machine",
                       .where = where_,
                       .why = why,
                       .hint = "shiftwise kernel build FILE.cc makes one from a kernel's source"});
  }
  /// A struct at a byte offset.
  template <typename T>
  T at(std::uint64_t offset) const {
    if (offset > file_.size() || file_.size() - offset < sizeof(T)) {
      refuse(fmt::format("it ends within the {} bytes at offset {}", sizeof(T), offset));
    }
    T value;
    std::memcpy(&value, file_.data() + offset, sizeof value);
    return value;
  }
  /// The text from an offset to the next zero byte, within a string table.
  std::string text(const Elf64_Shdr& table, std::uint32_t offset) const {
    if (table.sh_offset > file_.size() || table.sh_size > file_.size() - table.sh_offset ||
        offset >= table.sh_size) {
      refuse(fmt::format("a name lies outside of its table, at {}", offset));
    }
    const char* begin = reinterpret_cast<const char*>(file_.data()) + table.sh_offset + offset;
    return {begin, ::strnlen(begin, table.sh_size - offset)};
  }

 private:
  std::span<const std::byte> file_;
  const std::string& where_;
};

Elf64_Ehdr read_header(const Reader& reader, std::span<const std::byte> file) {
  if (file.size() < sizeof(Elf64_Ehdr)) reader.refuse("it is too short");
  const auto header = reader.at<Elf64_Ehdr>(0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) reader.refuse("it is no ELF file");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    reader.refuse("it is not a 64-bit little-endian file (an object of the array is not)");
  }
  if (header.e_machine != kMachine) {
    reader.refuse(fmt::format("it is for ELF machine {}, this is {}", header.e_machine, kMachine));
  }
  if (header.e_type != ET_DYN) reader.refuse("it is no shared library but an object or a program");
  if (header.e_shentsize != sizeof(Elf64_Shdr)) reader.refuse("it has no section table");
  return header;
}

/// Not a kernel's: the loader's, the sanitizer's, our hook.
bool is_plumbing(const std::string& name) {
  return name == "_init" || name == "_fini" || name == SHIFTWISE_KERNEL_BIND ||
         name.starts_with("__asan_");
}

}  // namespace

std::vector<std::string> exported_functions(std::span<const std::byte> file,
                                            const std::string& where) {
  const Reader reader(file, where);
  const Elf64_Ehdr header = read_header(reader, file);
  const auto section = [&](std::uint64_t i) {
    return reader.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
  };
  std::optional<Elf64_Shdr> symbols;
  for (int i = 0; i < header.e_shnum; ++i) {
    if (const Elf64_Shdr s = section(i); s.sh_type == SHT_DYNSYM) symbols = s;
  }
  if (!symbols || symbols->sh_link >= header.e_shnum) reader.refuse("it has no dynamic symbols");
  const Elf64_Shdr names = section(symbols->sh_link);

  std::vector<std::string> functions;
  std::size_t bytes = 0;  // many symbols may point at one long name
  for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= symbols->sh_size; at += sizeof(Elf64_Sym)) {
    const auto symbol = reader.at<Elf64_Sym>(symbols->sh_offset + at);
    if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
    std::string name = reader.text(names, symbol.st_name);
    bytes += name.size();
    if (bytes > kMostNameBytes) reader.refuse("its functions' names are too long");
    if (!is_plumbing(name)) functions.push_back(std::move(name));
  }
  std::sort(functions.begin(), functions.end());
  return functions;
}

std::span<const std::byte> find_section(std::span<const std::byte> file, const std::string& name,
                                        const std::string& where) {
  const Reader reader(file, where);
  const Elf64_Ehdr header = read_header(reader, file);
  const auto section = [&](std::uint64_t i) {
    return reader.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
  };
  if (header.e_shstrndx >= header.e_shnum) return {};
  const Elf64_Shdr names = section(header.e_shstrndx);
  for (int i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr found = section(i);
    if (found.sh_type != SHT_PROGBITS || reader.text(names, found.sh_name) != name) continue;
    if (found.sh_offset > file.size() || found.sh_size > file.size() - found.sh_offset) {
      reader.refuse(fmt::format("its section {} lies outside", name));
    }
    return file.subspan(found.sh_offset, found.sh_size);
  }
  return {};
}

}  // namespace shiftwise::kernel
