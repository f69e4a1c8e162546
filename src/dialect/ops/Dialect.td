// SPDX-License-Identifier: Apache-2.0
// The two dialects, and what all of their operations share.
#ifndef SHIFTWISE_DIALECT_DIALECT_TD
#define SHIFTWISE_DIALECT_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def AieDialect : Dialect {
  let name = "aie";
  let cppNamespace = "::shiftwise::dialect::ops";
  let summary = "The array: tiles, memories, locks, DMAs, streams, object FIFOs";
  let usePropertiesForAttributes = 0;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    /// The form that is being printed: true for that of 2024 (dialect/text.h).
    bool printing_2024 = false;
    void register_types();
    void register_attributes();
    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser& parser,
                                     ::mlir::Type type) const override;
    void printAttribute(::mlir::Attribute attribute,
                        ::mlir::DialectAsmPrinter& printer) const override;
  }];
}

def AiexDialect : Dialect {
  let name = "aiex";
  let cppNamespace = "::shiftwise::dialect::ops";
  let summary = "What the array's controller does on behalf of the host";
  let usePropertiesForAttributes = 0;
  let dependentDialects = ["AieDialect"];
}

class AieOp<string mnemonic, list<Trait> traits = []> : Op<AieDialect, mnemonic, traits>;
class AiexOp<string mnemonic, list<Trait> traits = []> : Op<AiexDialect, mnemonic, traits>;

/// Results are printed under a name that says what they are.
def Named : DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>;

/// A number of any integer type: tools disagree about i32 and i64, and nobody means it.
def IntAttr : Attr<CPred<"::shiftwise::dialect::ops::is_plain_integer($_self)">,
                   "an integer of at most 64 bits"> {
  let storageType = "::mlir::IntegerAttr";
  let returnType = "int64_t";
  let convertFromStorage = "::shiftwise::dialect::ops::value_of($_self)";
}

/// A 64-bit or smaller scalar that operations of a sequence take instead of a constant.
def Scalar : AnyTypeOf<[AnySignlessInteger, Index]>;

#endif
