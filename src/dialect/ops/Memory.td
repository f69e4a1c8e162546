// SPDX-License-Identifier: Apache-2.0
// Buffers and locks.
#ifndef SHIFTWISE_DIALECT_MEMORY_TD
#define SHIFTWISE_DIALECT_MEMORY_TD

include "Attrs.td"

def BufferOp : AieOp<"buffer", [Named]> {
  let summary = "Bytes in a tile's memory";
  let arguments = (ins Index:$tile, OptionalAttr<StrAttr>:$sym_name,
                       OptionalAttr<IntAttr>:$address, OptionalAttr<IntAttr>:$mem_bank,
                       OptionalAttr<ElementsAttr>:$initial_value);
  let results = (outs AnyMemRef:$buffer);
  let assemblyFormat = [{
    `(` $tile `)` attr-dict `:` type($buffer) ``
    custom<InitialValue>(ref(type($buffer)), $initial_value)
  }];
}

def ExternalBufferOp : AieOp<"external_buffer", [Named]> {
  let summary = "Bytes in the host's memory";
  let arguments = (ins OptionalAttr<StrAttr>:$sym_name, OptionalAttr<IntAttr>:$address);
  let results = (outs AnyMemRef:$buffer);
  let assemblyFormat = "attr-dict `:` type($buffer)";
}

def LockOp : AieOp<"lock", [Named]> {
  let summary = "A counting semaphore of a tile";
  let arguments = (ins Index:$tile, OptionalAttr<IntAttr>:$lockID, OptionalAttr<IntAttr>:$init,
                       OptionalAttr<StrAttr>:$sym_name);
  let results = (outs Index:$result);
  let assemblyFormat = "`(` $tile `` custom<OptionalInt>($lockID) `)` attr-dict";
}

def UseLockOp : AieOp<"use_lock"> {
  let summary = "Waits for a lock and lowers it, or raises it";
  let description = [{
    AcquireGreaterEqual waits for at least the value and lowers by it, Acquire waits for exactly
    the value, Release raises by it. The value is 1 where the text has none.
  }];
  let arguments = (ins Index:$lock, LockAction:$action, OptionalAttr<IntAttr>:$value,
                       Optional<AnyInteger>:$dynamic_value, OptionalAttr<StrAttr>:$blocking);
  let assemblyFormat = [{
    `(` $lock `,` $action ``
    custom<LockValue>($value, $dynamic_value, type($dynamic_value), $blocking) `` `)` attr-dict
  }];
  let extraClassDeclaration = [{
    /// The amount: a constant, or a value.
    ::mlir::OpFoldResult getAmount();
  }];
}

#endif
