// SPDX-License-Identifier: Apache-2.0
// Types, enumerations and attributes.
#ifndef SHIFTWISE_DIALECT_ATTRS_TD
#define SHIFTWISE_DIALECT_ATTRS_TD

include "Dialect.td"

class AieType<string name, string keyword> : TypeDef<AieDialect, name> {
  let mnemonic = keyword;
  let parameters = (ins "::mlir::MemRefType":$element);
  let assemblyFormat = "`<` $element `>`";
}

/// !aie.objectfifo<memref<64xi8>>: a FIFO of objects of that type.
def FifoType : AieType<"Fifo", "objectfifo">;

/// !aie.objectfifosubview<memref<64xi8>>: the objects that an acquire of old text yields.
def SubviewType : AieType<"Subview", "objectfifosubview">;

/// The same as a constraint that prints the type in full, as text of those years has it.
def AnySubview : Type<CPred<"::mlir::isa<::shiftwise::dialect::ops::SubviewType>($_self)">,
                      "!aie.objectfifosubview">;

class AieEnum<string name, string description, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, description, cases> {
  let cppNamespace = "::shiftwise::dialect::ops";
}

def DmaDirection : AieEnum<"DmaDirection", "S2MM or MM2S", [
  I32EnumAttrCase<"S2MM", 0>, I32EnumAttrCase<"MM2S", 1>]>;

def LockAction : AieEnum<"LockAction", "Acquire, AcquireGreaterEqual or Release", [
  I32EnumAttrCase<"Acquire", 0>, I32EnumAttrCase<"Release", 1>,
  I32EnumAttrCase<"AcquireGreaterEqual", 2>]>;

def FifoEnd : AieEnum<"FifoEnd", "Produce or Consume", [
  I32EnumAttrCase<"Produce", 0>, I32EnumAttrCase<"Consume", 1>]>;

def WireBundle : AieEnum<"WireBundle", "a kind of stream port", [
  I32EnumAttrCase<"Core", 0>, I32EnumAttrCase<"DMA", 1>, I32EnumAttrCase<"FIFO", 2>,
  I32EnumAttrCase<"South", 3>, I32EnumAttrCase<"West", 4>, I32EnumAttrCase<"North", 5>,
  I32EnumAttrCase<"East", 6>, I32EnumAttrCase<"PLIO", 7>, I32EnumAttrCase<"NOC", 8>,
  I32EnumAttrCase<"Trace", 9>, I32EnumAttrCase<"TileControl", 10>,
  I32EnumAttrCase<"Ctrl", 11>]>;

def CascadeSide : AieEnum<"CascadeSide", "South, West, North or East", [
  I32EnumAttrCase<"South", 3>, I32EnumAttrCase<"West", 4>, I32EnumAttrCase<"North", 5>,
  I32EnumAttrCase<"East", 6>]>;

class AieAttr<string name, string keyword> : AttrDef<AieDialect, name> {
  let mnemonic = keyword;
  let hasCustomAssemblyFormat = 1;
}

/// #aie<bd_dim_layout_array[<size = 4, stride = 16>, ...]>: an access pattern, outermost first.
def DimArrayAttr : AieAttr<"DimArray", "bd_dim_layout_array"> {
  let parameters = (ins ArrayRefParameter<"int64_t">:$sizes,
                        ArrayRefParameter<"int64_t">:$strides);
}

/// #aie<bd_pad_layout_array[<const_pad_before = 1, const_pad_after = 0>, ...]>.
def PadArrayAttr : AieAttr<"PadArray", "bd_pad_layout_array"> {
  let parameters = (ins ArrayRefParameter<"int64_t">:$befores,
                        ArrayRefParameter<"int64_t">:$afters);
}

/// #aie.packet_info<pkt_type = 0, pkt_id = 2>: the header that a descriptor sends first.
def PacketAttr : AieAttr<"Packet", "packet_info"> {
  let parameters = (ins "int64_t":$type, "int64_t":$id);
}

/// #aie.bd_iteration<size = 4, stride = 64, current = 0>: how far a descriptor moves each time.
def IterationAttr : AttrDef<AieDialect, "Iteration"> {
  let mnemonic = "bd_iteration";
  let parameters = (ins "int64_t":$size, "int64_t":$stride,
                        DefaultValuedParameter<"int64_t", "0">:$current);
  let assemblyFormat = "`<` struct(params) `>`";
}

/// Any other #aie attribute: kept as it was written.
def RawAttr : AttrDef<AieDialect, "Raw"> {
  let attrName = "aie.raw";
  let parameters = (ins StringRefParameter<>:$text);
}

#endif
