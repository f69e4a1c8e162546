// SPDX-License-Identifier: Apache-2.0
// DMA programs: channels and buffer descriptors.
#ifndef SHIFTWISE_DIALECT_DMA_TD
#define SHIFTWISE_DIALECT_DMA_TD

include "Attrs.td"

def DmaStartOp : AieOp<"dma_start", [Terminator]> {
  let summary = "Starts a channel at a chain of descriptors";
  let arguments = (ins DmaDirection:$direction, IntAttr:$channel,
                       OptionalAttr<IntAttr>:$repeat_count);
  let results = (outs I1:$valid);
  let successors = (successor AnySuccessor:$first, AnySuccessor:$rest);
  let assemblyFormat = [{
    `(` $direction `,` custom<Int>($channel) `,` $first `,` $rest
    (`,` `repeat_count` `=` custom<Int>($repeat_count)^)? `)` attr-dict
  }];
}

def NextBdOp : AieOp<"next_bd", [Terminator]> {
  let summary = "Goes on to the next descriptor of the chain";
  let successors = (successor AnySuccessor:$next);
  let assemblyFormat = "$next attr-dict";
}

def DmaOp : AieOp<"dma", [NoTerminator]> {
  let summary = "A channel with its descriptors, each in a region of its own";
  let arguments = (ins DmaDirection:$direction, IntAttr:$channel);
  let results = (outs I1:$valid);
  let regions = (region VariadicRegion<AnyRegion>:$descriptors);
  let assemblyFormat = [{
    `(` $direction `,` custom<Int>($channel) `)` attr-dict `[` $descriptors `]`
  }];
}

def DmaBdPacketOp : AieOp<"dma_bd_packet"> {
  let summary = "The packet header that the descriptor of this block sends first";
  let arguments = (ins IntAttr:$packet_type, IntAttr:$packet_id);
  let assemblyFormat = "`(` custom<Int>($packet_type) `,` custom<Int>($packet_id) `)` attr-dict";
}

def DmaBdOp : AieOp<"dma_bd", [AttrSizedOperandSegments]> {
  let summary = "What a descriptor reads or writes";
  let description = [{
    Offset, length and strides count elements of the memref. Without a length it is the
    product of the sizes, or all of the memref where there are none.
  }];
  let arguments = (ins AnyMemRef:$buffer, Variadic<Scalar>:$dynamic_offset,
                       Variadic<Scalar>:$dynamic_len, Variadic<Scalar>:$dynamic_sizes,
                       Variadic<Scalar>:$dynamic_strides, OptionalAttr<IntAttr>:$static_offset,
                       OptionalAttr<IntAttr>:$static_len,
                       OptionalAttr<DenseI64ArrayAttr>:$static_sizes,
                       OptionalAttr<DenseI64ArrayAttr>:$static_strides,
                       OptionalAttr<PadArrayAttr>:$padding, OptionalAttr<IntAttr>:$pad_value,
                       OptionalAttr<IntAttr>:$bd_id, OptionalAttr<IntAttr>:$next_bd_id,
                       OptionalAttr<PacketAttr>:$packet,
                       OptionalAttr<IterationAttr>:$iteration);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// Nothing where the text has none.
    std::optional<::mlir::OpFoldResult> getOffset();
    std::optional<::mlir::OpFoldResult> getLen();
    /// Outermost first; both empty for a linear descriptor.
    ::llvm::SmallVector<::mlir::OpFoldResult> getSizes();
    ::llvm::SmallVector<::mlir::OpFoldResult> getStrides();
  }];
}

#endif
