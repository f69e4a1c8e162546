// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "dialect/ops/ops.h"
#include "dialect/text/guard.h"
#include "dialect/text/modernize.h"
#include "dialect/text/module.h"
#include "dialect/text/normalize.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

namespace shiftwise::dialect {
namespace {

/// Where a file's location stands, if it is one of `name`.
std::optional<Position> position_in(mlir::Location location, const std::string& name) {
  std::optional<Position> position;
  location->walk([&](mlir::Location each) {
    const auto file = mlir::dyn_cast<mlir::FileLineColLoc>(each);
    if (!file || file.getFilename().getValue() != name) return mlir::WalkResult::advance();
    position = Position{file.getLine(), file.getColumn()};
    return mlir::WalkResult::interrupt();
  });
  return position;
}

/// The first complaint of a parse.
struct Complaint {
  std::optional<Position> position;
  std::string text;
};

/// The operation that MLIR says it does not know, or nothing.
std::string unknown_operation(const std::string& complaint) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKnown = {{
      {"custom op '", "' is unknown"},
      {"unregistered operation '", "' found in dialect"},
      {"not found for custom op '", "'"},
  }};
  for (const auto& [before, behind] : kKnown) {
    const std::size_t start = complaint.find(before);
    if (start == std::string::npos) continue;
    const std::size_t end = complaint.find(behind, start + before.size());
    if (end == std::string::npos) continue;
    return complaint.substr(start + before.size(), end - start - before.size());
  }
  return {};
}

class Parse {
 public:
  Parse(const std::string& text, const std::string& name)
      : name_(name), normal_(normalize(text, name)), given_(text), parsed_(normal_.text) {}

  ParsedModule run() {
    ParsedModule result{make_context(), {}, normal_.skipped};
    std::optional<Complaint> complaint;
    mlir::ScopedDiagnosticHandler handler(result.context.get(), [&](mlir::Diagnostic& diagnostic) {
      if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error && !complaint) {
        complaint = Complaint{position_in(diagnostic.getLocation(), name_), diagnostic.str()};
      }
      return mlir::success();
    });
    const mlir::ParserConfig config(result.context.get());
    result.module = mlir::parseSourceString<mlir::ModuleOp>(normal_.text, config, name_);
    if (!result.module || complaint) refuse(*result.context, complaint.value_or(Complaint{}));
    refuse_unregistered(*result.context, *result.module);
    if (!normal_.edits.empty()) restore_locations(*result.module);
    modernize(*result.module);
    return result;
  }

 private:
  std::size_t given_offset(Position position) const {
    return normal_.original(parsed_.offset(position));
  }

  /// What MLIR saw was not quite what was given: operations get the places of the latter.
  void restore_locations(mlir::ModuleOp module) const {
    const auto restored = [&](mlir::Location location) -> mlir::Location {
      const auto file = mlir::dyn_cast<mlir::FileLineColLoc>(location);
      if (!file || file.getFilename().getValue() != name_) return location;
      const Position position = given_.position(given_offset({file.getLine(), file.getColumn()}));
      return mlir::FileLineColLoc::get(file.getFilename(), static_cast<unsigned>(position.line),
                                       static_cast<unsigned>(position.column));
    };
    module->walk([&](mlir::Operation* op) {
      op->setLoc(restored(op->getLoc()));
      for (mlir::Region& region : op->getRegions()) {
        for (mlir::BlockArgument argument : region.getArguments()) {
          argument.setLoc(restored(argument.getLoc()));
        }
      }
    });
  }

  void refuse_unregistered(mlir::MLIRContext& context, mlir::ModuleOp module) const {
    mlir::Operation* unknown = nullptr;
    module->walk([&](mlir::Operation* op) {
      if (op->isRegistered()) return mlir::WalkResult::advance();
      unknown = op;
      return mlir::WalkResult::interrupt();
    });
    if (unknown == nullptr) return;
    refuse_operation(context, position_in(unknown->getLoc(), name_),
                     unknown->getName().getStringRef().str());
  }

  std::string where(const std::optional<Position>& position) const {
    return position ? place(name_, given_, given_offset(*position)) : std::string{};
  }

  [[noreturn]] void refuse(mlir::MLIRContext& context, const Complaint& complaint) const {
    if (const std::string operation = unknown_operation(complaint.text); !operation.empty()) {
      refuse_operation(context, complaint.position, operation);
    }
    throw core::Error({.what = fmt::format("cannot read {}", name_),
                       .where = where(complaint.position),
                       .why = complaint.text.empty() ? "it is no MLIR module" : complaint.text,
                       .hint = "docs/dialect.md lists the forms that are understood"});
  }

  [[noreturn]] void refuse_operation(mlir::MLIRContext& context,
                                     const std::optional<Position>& position,
                                     const std::string& operation) const {
    std::vector<std::string> all;
    std::vector<std::string> ours;
    for (const mlir::RegisteredOperationName& name : context.getRegisteredOperations()) {
      all.push_back(name.getStringRef().str());
      if (name.getDialectNamespace().starts_with("aie")) ours.push_back(all.back());
    }
    std::string hint = core::suggest(operation, all);
    if (!hint.starts_with("did you mean")) hint.clear();
    throw core::Error(
        {.what = fmt::format("cannot read {}", name_),
         .where = where(position),
         .why = fmt::format("the operation '{}' is not supported", operation),
         .hint = fmt::format(
             "{}{}supported are {}, and those of affine, arith, cf, func, math, memref, "
             "scf and vector",
             hint, hint.empty() ? "" : " ", fmt::join(ours, ", "))});
  }

  const std::string& name_;
  NormalizedText normal_;
  Lines given_;
  Lines parsed_;
};

}  // namespace

std::unique_ptr<mlir::MLIRContext> make_context() {
  auto context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  context
      ->loadDialect<ops::AieDialect, ops::AiexDialect, mlir::affine::AffineDialect,
                    mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect, mlir::DLTIDialect,
                    mlir::func::FuncDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect,
                    mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
  // Attributes of dialects that nobody here knows are kept; operations are refused by name.
  context->allowUnregisteredDialects();
  context->printOpOnDiagnostic(false);
  return context;
}

ParsedModule parse_module(const std::string& text, const std::string& name) {
  return Parse(text, name).run();
}

}  // namespace shiftwise::dialect
