// SPDX-License-Identifier: Apache-2.0
#include <llvm/Support/raw_ostream.h>

#include "dialect/ops/ops.h"
#include "dialect/text/eras.h"
#include "dialect/text/module.h"
#include "dialect/text/scanner.h"

namespace shiftwise::dialect {
namespace {

/// Prints with the dialect set to a form, and sets it back.
class FormGuard {
 public:
  FormGuard(mlir::MLIRContext* context, bool old)
      : dialect_(*context->getLoadedDialect<ops::AieDialect>()) {
    dialect_.printing_2024 = old;
  }
  ~FormGuard() { dialect_.printing_2024 = false; }
  FormGuard(const FormGuard&) = delete;
  FormGuard& operator=(const FormGuard&) = delete;

 private:
  ops::AieDialect& dialect_;
};

/// The names that operations had in 2024. MLIR prints each class under one name.
std::string with_old_names(const std::string& text) {
  std::string result;
  std::size_t done = 0;
  for (const Token& token : scan(text)) {
    if (token.kind != TokenKind::kWord || !token.is("aie.runtime_sequence")) continue;
    result += text.substr(done, token.offset - done);
    result += "aiex.runtime_sequence";
    done = token.end();
  }
  return result + text.substr(done);
}

}  // namespace

std::string print_module(mlir::ModuleOp module, Era era) {
  const mlir::OwningOpRef<mlir::ModuleOp> copy(module.clone());
  if (era == Era::k2024) {
    to_2024(*copy);
  } else {
    to_present(*copy);
  }
  std::string text;
  {
    const FormGuard guard(module.getContext(), era == Era::k2024);
    llvm::raw_string_ostream stream(text);
    copy.get()->print(stream, mlir::OpPrintingFlags().assumeVerified());
  }
  if (!text.ends_with('\n')) text += '\n';
  return era == Era::k2024 ? with_old_names(text) : text;
}

Printed reprint(const std::string& text, const std::string& name, Era era) {
  const ParsedModule parsed = parse_module(text, name);
  return {print_module(*parsed.module, era), parsed.skipped};
}

}  // namespace shiftwise::dialect
