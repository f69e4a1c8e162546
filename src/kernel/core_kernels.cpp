// SPDX-License-Identifier: Apache-2.0
#include "kernel/core_kernels.h"

#include <cxxabi.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "kernel/function.h"
#include "kernel/private_copy.h"

namespace shiftwise::kernel {
namespace {

struct Loaded {
  Library library;
  std::unique_ptr<PrivateCopy> copy;

  bool defines(const std::string& symbol) const {
    return std::binary_search(library.symbols.begin(), library.symbols.end(), symbol);
  }
};

/// Whether a design's name means this library: the same name, or the same stem.
bool means(const std::string& link_with, const Library& library) {
  const auto stem = [](const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    return name.substr(0, name.find('.'));
  };
  return link_with == library.link_with || stem(link_with) == stem(library.file) ||
         (!library.link_with.empty() && stem(link_with) == stem(library.link_with));
}

/// "conv(int*, int)" for a C++ name, the name itself for others.
std::string readable(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : symbol;
}

[[noreturn]] void refuse_missing(const std::string& symbol, const std::vector<Loaded>& loaded) {
  std::vector<std::string> names;
  std::vector<std::string> files;
  std::string hint;
  for (const Loaded& one : loaded) {
    files.push_back(one.library.file.string());
    for (const std::string& name : one.library.symbols) {
      if (!name.starts_with("_Z")) {
        names.push_back(name);
      } else if (readable(name).starts_with(symbol + "(")) {
        hint =
            fmt::format("'{}' is a C++ function there: put it into extern \"C\"", readable(name));
      }
    }
  }
  if (hint.empty()) hint = core::suggest(symbol, names);
  throw core::Error(
      {.what = fmt::format("there is no kernel function '{}'", symbol),
       .where = files.empty() ? "" : fmt::format("looked in {}", fmt::join(files, ", ")),
       .why =
           files.empty() ? "no kernel library is loaded for this core (link_with names one)" : "",
       .hint = hint});
}

[[noreturn]] void refuse_ambiguous(const std::string& symbol, const std::string& link_with,
                                   const std::vector<const Loaded*>& holders) {
  std::vector<std::string> files;
  for (const Loaded* one : holders) files.push_back(one->library.file.string());
  throw core::Error(
      {.what = fmt::format("the kernel function '{}' is in {} libraries", symbol, holders.size()),
       .where = fmt::format("{}", fmt::join(files, ", ")),
       .why = link_with.empty() ? "neither the function nor the core has a link_with"
                                : fmt::format("link_with \"{}\" is none of them", link_with),
       .hint = "give the func.func declaration a link_with"});
}

}  // namespace

struct CoreKernels::Core {
  ShiftwiseCoreState state{};
  std::function<void(int)> listener;
  std::function<void(const std::byte*)> put;
  std::function<void(std::byte*)> get;
  std::vector<Loaded> loaded;
};

CoreKernels::CoreKernels(int column, int row) : core_(std::make_unique<Core>()) {
  core_->state.column = column;
  core_->state.row = row;
}
CoreKernels::~CoreKernels() = default;
CoreKernels::CoreKernels(CoreKernels&&) noexcept = default;
CoreKernels& CoreKernels::operator=(CoreKernels&&) noexcept = default;

void CoreKernels::load(const Library& library) {
  for (Loaded& one : core_->loaded) {
    if (one.library.file == library.file) {
      if (one.library.link_with.empty()) one.library.link_with = library.link_with;
      return;
    }
  }
  auto copy = std::make_unique<PrivateCopy>(library.file);
  // A library that never saw our headers has no modes and needs no hook.
  if (void* hook = copy->find(SHIFTWISE_KERNEL_BIND); hook != nullptr) {
    const int version = reinterpret_cast<ShiftwiseKernelBind>(hook)(&core_->state);
    if (version != SHIFTWISE_KERNEL_ABI) {
      throw core::Error({.what = "the kernel library was built for another version of shiftwise",
                         .where = library.file.string(),
                         .why = fmt::format("its interface is {}, this program's is {}", version,
                                            SHIFTWISE_KERNEL_ABI),
                         .hint = "build it again: shiftwise kernel build FILE.cc"});
    }
  }
  core_->loaded.push_back({library, std::move(copy)});
  std::sort(core_->loaded.back().library.symbols.begin(),
            core_->loaded.back().library.symbols.end());
}

Function CoreKernels::find(const std::string& symbol, const Signature& signature,
                           const std::string& link_with) const {
  std::vector<const Loaded*> holders;
  std::string defined;  // under the name itself, else under the one without a tag
  for (const std::string& name : {symbol, untagged(symbol)}) {
    defined = name;
    for (const Loaded& one : core_->loaded) {
      if (one.defines(name)) holders.push_back(&one);
    }
    if (!holders.empty()) break;
  }
  if (holders.empty()) refuse_missing(symbol, core_->loaded);
  const Loaded* chosen = holders.front();
  if (holders.size() > 1) {
    const auto decided = std::find_if(holders.begin(), holders.end(), [&](const Loaded* one) {
      return !link_with.empty() && means(link_with, one->library);
    });
    if (decided == holders.end()) refuse_ambiguous(symbol, link_with, holders);
    chosen = *decided;
  }
  return Function(std::make_shared<const Function::Prepared>(
      symbol, chosen->library.file, chosen->copy->find(defined.c_str()), signature));
}

void CoreKernels::reset_modes() {
  core_->state.rounding = 0;
  core_->state.saturation = 0;
}
std::uint32_t CoreKernels::rounding() const { return core_->state.rounding; }
std::uint32_t CoreKernels::saturation() const { return core_->state.saturation; }

void CoreKernels::on_event(std::function<void(int)> listener) {
  core_->listener = std::move(listener);
  core_->state.event_context = core_.get();
  core_->state.on_event = nullptr;
  if (core_->listener) {
    core_->state.on_event = [](void* context, std::int32_t event) {
      static_cast<Core*>(context)->listener(event);
    };
  }
}

void CoreKernels::on_cascade(std::function<void(const std::byte*)> put,
                             std::function<void(std::byte*)> get) {
  core_->put = std::move(put);
  core_->get = std::move(get);
  core_->state.cascade_context = core_.get();
  core_->state.cascade_put = [](void* context, const void* value) {
    static_cast<Core*>(context)->put(static_cast<const std::byte*>(value));
  };
  core_->state.cascade_get = [](void* context, void* value) {
    static_cast<Core*>(context)->get(static_cast<std::byte*>(value));
  };
}

void CoreKernels::allow(std::uintptr_t arena_begin, std::uintptr_t arena_end,
                        std::span<const ShiftwiseRegion> regions) {
  core_->state.arena_begin = arena_begin;
  core_->state.arena_end = arena_end;
  core_->state.regions = regions.data();
  core_->state.region_count = regions.size();
}

std::optional<Violation> CoreKernels::take_violation() {
  const ShiftwiseViolation seen = core_->state.violation;
  core_->state.violation = {};
  if (seen.bytes == 0) return std::nullopt;
  return Violation{.address = seen.address,
                   .bytes = seen.bytes,
                   .is_store = seen.is_store != 0,
                   .count = seen.count};
}

}  // namespace shiftwise::kernel
