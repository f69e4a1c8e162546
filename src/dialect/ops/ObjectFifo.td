// SPDX-License-Identifier: Apache-2.0
// Object FIFOs: pools of buffers that are handed from producers to consumers.
#ifndef SHIFTWISE_DIALECT_OBJECTFIFO_TD
#define SHIFTWISE_DIALECT_OBJECTFIFO_TD

include "Attrs.td"

def ObjectFifoOp : AieOp<"objectfifo", [Symbol]> {
  let summary = "A FIFO of objects from one tile to others";
  let arguments = (ins SymbolNameAttr:$sym_name, Index:$producer, Variadic<Index>:$consumers,
                       AnyAttrOf<[IntAttr, ArrayAttr]>:$depth, TypeAttrOf<FifoType>:$type,
                       OptionalAttr<DimArrayAttr>:$to_stream,
                       OptionalAttr<ArrayAttr>:$from_stream,
                       OptionalAttr<BoolAttr>:$via_DMA, OptionalAttr<IntAttr>:$via_shared_mem,
                       OptionalAttr<BoolAttr>:$disable_synchronization,
                       OptionalAttr<BoolAttr>:$plio, OptionalAttr<IntAttr>:$repeat_count,
                       OptionalAttr<IntAttr>:$iter_count, OptionalAttr<PadArrayAttr>:$padDimensions,
                       OptionalAttr<IntAttr>:$pad_value, OptionalAttr<IntAttr>:$aie_stream,
                       OptionalAttr<IntAttr>:$aie_stream_port,
                       OptionalAttr<ArrayAttr>:$init_values);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The type of one object.
    ::mlir::MemRefType getElement();
    /// One number for all ends, or one for the producer and one for each consumer.
    ::llvm::SmallVector<int64_t> getDepths();
    /// The depth at the producer (0) or at consumer `end` - 1.
    int64_t getDepthAt(unsigned end);
    /// How consumer `index` writes what arrives; null for linear.
    DimArrayAttr getFromStreamOf(unsigned index);
  }];
}

def ObjectFifoLinkOp : AieOp<"objectfifo.link"> {
  let summary = "Passes the objects of some FIFOs on to others in the tile where they meet";
  let arguments = (ins ArrayAttr:$inputs, ArrayAttr:$outputs, OptionalAttr<ArrayAttr>:$src_offsets,
                       OptionalAttr<ArrayAttr>:$dst_offsets);
  let assemblyFormat = [{
    $inputs `->` $outputs custom<LinkOffsets>($src_offsets, $dst_offsets) attr-dict
  }];
  let hasVerifier = 1;
}

def ObjectFifoAllocateOp : AieOp<"objectfifo.allocate"> {
  let summary = "Puts the buffers of a FIFO into that tile's memory";
  let arguments = (ins FlatSymbolRefAttr:$fifo, Index:$tile);
  let assemblyFormat = "$fifo `(` $tile `)` attr-dict";
}

def ObjectFifoRegisterOp : AieOp<"objectfifo.register_external_buffers"> {
  let summary = "Host buffers that a FIFO uses at a shim tile";
  let arguments = (ins FlatSymbolRefAttr:$fifo, Index:$tile, Variadic<AnyMemRef>:$buffers);
  let assemblyFormat = [{
    $fifo `(` $tile `,` `{` $buffers `}` `)` attr-dict `:` `(` type($buffers) `)`
  }];
}

def ObjectFifoAcquireOp : AieOp<"objectfifo.acquire"> {
  let summary = "Waits until that many objects are held";
  let description = [{
    Yields the objects themselves, oldest first, or (text until 2025) one subview of them.
  }];
  let arguments = (ins FlatSymbolRefAttr:$fifo, FifoEnd:$port, IntAttr:$count);
  let results = (outs Variadic<AnyTypeOf<[AnyMemRef, AnySubview]>>:$objects);
  let assemblyFormat = [{
    $fifo `(` $port `,` custom<Int>($count) `)` attr-dict (`:` type($objects)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    bool yieldsSubview();
    ::mlir::MemRefType getElement();
  }];
}

def SubviewAccessOp : AieOp<"objectfifo.subview.access", [Pure]> {
  let summary = "One object of a subview";
  let arguments = (ins AnySubview:$subview, IntAttr:$index);
  let results = (outs AnyMemRef:$object);
  let assemblyFormat = [{
    $subview `[` custom<Int>($index) `]` attr-dict `:` type($subview) `->` type($object)
  }];
  let hasVerifier = 1;
}

def ObjectFifoReleaseOp : AieOp<"objectfifo.release"> {
  let summary = "Gives the oldest objects back";
  let arguments = (ins FlatSymbolRefAttr:$fifo, FifoEnd:$port, IntAttr:$count);
  let assemblyFormat = "$fifo `(` $port `,` custom<Int>($count) `)` attr-dict";
}

#endif
