// SPDX-License-Identifier: Apache-2.0
// Single commands of the array's controller.
#ifndef SHIFTWISE_DIALECT_NPU_TD
#define SHIFTWISE_DIALECT_NPU_TD

include "Attrs.td"

def MemcpyOp : AiexOp<"npu.dma_memcpy_nd", [AttrSizedOperandSegments]> {
  let summary = "Configures and starts a transfer between a host buffer and a shim channel";
  let description = [{
    Four offsets, sizes and strides, outermost first, in elements of the memref; where the text
    gives three strides the innermost is 1. The direction is that of the FIFO or allocation in
    `metadata`. The two coordinates that text until 2025 puts in front say nothing and are dropped.
  }];
  let arguments = (ins AnyMemRef:$buffer, Variadic<Scalar>:$dynamic_offsets,
                       Variadic<Scalar>:$dynamic_sizes, Variadic<Scalar>:$dynamic_strides,
                       DenseI64ArrayAttr:$static_offsets, DenseI64ArrayAttr:$static_sizes,
                       DenseI64ArrayAttr:$static_strides, OptionalAttr<PacketAttr>:$packet,
                       SymbolRefAttr:$metadata, OptionalAttr<IntAttr>:$id,
                       OptionalAttr<BoolAttr>:$issue_token);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::OpFoldResult> getOffsets();
    ::llvm::SmallVector<::mlir::OpFoldResult> getSizes();
    ::llvm::SmallVector<::mlir::OpFoldResult> getStrides();
    bool issuesToken() { return getIssueToken().value_or(false); }
  }];
}

def DmaWaitOp : AiexOp<"npu.dma_wait"> {
  let summary = "Waits until the last transfer of a FIFO is done";
  let arguments = (ins SymbolRefAttr:$symbol);
  let assemblyFormat = "attr-dict";
}

/// A command whose numbers stand in the dictionary (text until 2025) or are operands (2026).
class CommandOp<string mnemonic> : AiexOp<mnemonic> {
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The keys of the numbers, in the order of the operands.
    static ::llvm::ArrayRef<::llvm::StringLiteral> fields();
    /// Field `index`: a constant or a value.
    ::mlir::OpFoldResult getField(unsigned index);
  }];
}

def SyncOp : CommandOp<"npu.sync"> {
  let summary = "Waits for a token of each channel in a rectangle of tiles";
  let description = "Fields: column, row, direction (0 = S2MM), channel, column_num, row_num.";
  let arguments = (ins Variadic<Scalar>:$numbers);
}

def Write32Op : CommandOp<"npu.write32"> {
  let summary = "Writes a register";
  let description = "Fields: address, value.";
  let arguments = (ins Variadic<Scalar>:$numbers, OptionalAttr<IntAttr>:$column,
                       OptionalAttr<IntAttr>:$row, OptionalAttr<FlatSymbolRefAttr>:$buffer);
}

def MaskWrite32Op : CommandOp<"npu.maskwrite32"> {
  let summary = "Writes the masked bits of a register";
  let description = "Fields: address, value, mask.";
  let arguments = (ins Variadic<Scalar>:$numbers, OptionalAttr<IntAttr>:$column,
                       OptionalAttr<IntAttr>:$row, OptionalAttr<FlatSymbolRefAttr>:$buffer);
}

def BlockWriteOp : AiexOp<"npu.blockwrite"> {
  let summary = "Writes consecutive registers";
  let arguments = (ins AnyMemRef:$data, IntAttr:$address, OptionalAttr<IntAttr>:$column,
                       OptionalAttr<IntAttr>:$row, OptionalAttr<FlatSymbolRefAttr>:$buffer);
  let assemblyFormat = "`(` $data `)` attr-dict `:` type($data)";
}

def RtpWriteOp : AiexOp<"npu.rtp_write"> {
  let summary = "Writes a 32-bit word of a buffer: a run-time parameter";
  let arguments = (ins FlatSymbolRefAttr:$buffer, IntAttr:$index, OptionalAttr<IntAttr>:$value,
                       Optional<Scalar>:$dynamic_value);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    ::mlir::OpFoldResult getWord();
  }];
}

def WriteBdOp : AiexOp<"npu.writebd"> {
  let summary = "Writes the registers of a descriptor; all fields are attributes";
  let assemblyFormat = "attr-dict";
}

def PushQueueOp : AiexOp<"npu.push_queue", [AttrSizedOperandSegments]> {
  let summary = "Starts a descriptor on a channel";
  let arguments = (ins IntAttr:$column, IntAttr:$row, DmaDirection:$direction, IntAttr:$channel,
                       Optional<Scalar>:$dynamic_bd, Optional<Scalar>:$dynamic_repeat,
                       OptionalAttr<IntAttr>:$bd_id, OptionalAttr<IntAttr>:$repeat_count,
                       OptionalAttr<BoolAttr>:$issue_token);
  let assemblyFormat = [{
    `(` custom<Int>($column) `,` custom<Int>($row) `,` $direction `:` custom<Int>($channel) `)`
    (`bd_id` $dynamic_bd^ `repeat` $dynamic_repeat)? attr-dict
    (`:` type($dynamic_bd)^ `,` type($dynamic_repeat))?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::OpFoldResult getBd();
    ::mlir::OpFoldResult getRepeat();
  }];
}

def AddressPatchOp : AiexOp<"npu.address_patch"> {
  let summary = "Puts the address of a host buffer into a descriptor's register";
  let arguments = (ins Optional<Scalar>:$dynamic_plus, IntAttr:$addr, IntAttr:$arg_idx,
                       OptionalAttr<IntAttr>:$arg_plus);
  let assemblyFormat = [{
    (`(` $dynamic_plus^ `:` type($dynamic_plus) `)`)? attr-dict
  }];
  let extraClassDeclaration = [{
    ::mlir::OpFoldResult getPlus();
  }];
}

def ControlPacketOp : AiexOp<"control_packet"> {
  let summary = "Words for a tile's control port, before they are packed into a transfer";
  let assemblyFormat = "attr-dict";
}

def PreemptOp : AiexOp<"npu.preempt"> {
  let summary = "A point at which the controller may be given to another context";
  let assemblyFormat = "attr-dict";
}

def LoadPdiOp : AiexOp<"npu.load_pdi"> {
  let summary = "Loads a device's configuration";
  let assemblyFormat = "attr-dict";
}

#endif
