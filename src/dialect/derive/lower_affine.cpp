// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/lower_affine.h"

#include "dialect/derive/module.h"
#include "dialect/derive/refuse.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/DialectConversion.h"

namespace shiftwise::dialect {
namespace {

mlir::Operation* first_affine(mlir::ModuleOp module) {
  mlir::Operation* found = nullptr;
  module->walk([&](mlir::Operation* op) {
    if (op->getName().getDialectNamespace() != "affine") return mlir::WalkResult::advance();
    found = op;
    return mlir::WalkResult::interrupt();
  });
  return found;
}

}  // namespace

void lower_affine(mlir::ModuleOp module) {
  if (first_affine(module) == nullptr) return;
  mlir::RewritePatternSet patterns(module.getContext());
  mlir::populateAffineToStdConversionPatterns(patterns);
  mlir::ConversionTarget target(*module.getContext());
  target.addLegalDialect<mlir::arith::ArithDialect, mlir::memref::MemRefDialect,
                         mlir::scf::SCFDialect>();
  const mlir::ScopedDiagnosticHandler quiet(module.getContext(),
                                            [](mlir::Diagnostic&) { return mlir::success(); });
  const bool done =
      mlir::succeeded(mlir::applyPartialConversion(module, target, std::move(patterns)));
  if (mlir::Operation* left = first_affine(module); left != nullptr || !done) {
    refuse_unsupported(where(left != nullptr ? left : module.getOperation()),
                       "it cannot be written as loops and arithmetic", "use scf, arith and memref");
  }
}

}  // namespace shiftwise::dialect
