// SPDX-License-Identifier: Apache-2.0
#include "kernel/function.h"

#include <fmt/format.h>

#include <array>

#include "core/diagnostic.h"

namespace shiftwise::kernel {
namespace {

/// More arguments than any kernel has; a design that asks for more is refused.
constexpr std::size_t kMostArguments = 256;

ffi_type* type_of(Kind kind) {
  switch (kind) {
    case Kind::kPointer:
      return &ffi_type_pointer;
    case Kind::kInt8:
      return &ffi_type_sint8;
    case Kind::kInt16:
      return &ffi_type_sint16;
    case Kind::kInt32:
      return &ffi_type_sint32;
    case Kind::kInt64:
      return &ffi_type_sint64;
    case Kind::kFloat:
      return &ffi_type_float;
    case Kind::kDouble:
      return &ffi_type_double;
  }
  return &ffi_type_void;
}

}  // namespace

Function::Prepared::Prepared(std::string name, std::filesystem::path file, void* at,
                             const Signature& signature)
    : symbol(std::move(name)),
      library(std::move(file)),
      address(reinterpret_cast<void (*)()>(at)),
      interface{} {
  if (signature.arguments.size() > kMostArguments) {
    throw core::Error(
        {.what = fmt::format("the kernel function '{}' has too many arguments", symbol),
         .why = fmt::format("{}; at most {}", signature.arguments.size(), kMostArguments)});
  }
  for (const Kind kind : signature.arguments) types.push_back(type_of(kind));
  ffi_type* result = signature.result ? type_of(*signature.result) : &ffi_type_void;
  const ffi_status status = ffi_prep_cif(&interface, FFI_DEFAULT_ABI,
                                         static_cast<unsigned>(types.size()), result, types.data());
  core::expects(status == FFI_OK, "libffi takes the types of every kernel function", symbol);
}

Function::Function(std::shared_ptr<const Prepared> prepared) : prepared_(std::move(prepared)) {}

Value Function::call(std::span<const Value> values) const {
  core::expects(values.size() == prepared_->types.size(),
                "a kernel is called with as many values as its signature has", prepared_->symbol);
  // libffi reads each argument through a pointer, at its own size; all members of a Value begin
  // at the same byte and the machine is little-endian.
  std::array<void*, kMostArguments> places;
  for (std::size_t i = 0; i < values.size(); ++i) places[i] = const_cast<Value*>(&values[i]);
  Value result{.integer = 0};
  ffi_call(const_cast<ffi_cif*>(&prepared_->interface), prepared_->address, &result, places.data());
  return result;
}

const std::string& Function::symbol() const { return prepared_->symbol; }
const std::filesystem::path& Function::library() const { return prepared_->library; }

}  // namespace shiftwise::kernel
