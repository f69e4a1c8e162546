// SPDX-License-Identifier: Apache-2.0
// Tasks that a sequence gives to DMA channels, and other devices that it runs.
#ifndef SHIFTWISE_DIALECT_TASKS_TD
#define SHIFTWISE_DIALECT_TASKS_TD

include "Attrs.td"

def ConfigureTaskOp : AiexOp<"dma_configure_task"> {
  let summary = "Writes the descriptors of a task for a channel";
  let arguments = (ins Index:$tile, DmaDirection:$direction, IntAttr:$channel,
                       OptionalAttr<PacketAttr>:$packet, Optional<Scalar>:$dynamic_repeat,
                       OptionalAttr<BoolAttr>:$issue_token, OptionalAttr<IntAttr>:$repeat_count);
  let results = (outs Index:$result);
  let regions = (region AnyRegion:$body);
  let assemblyFormat = [{
    `(` $tile `,` $direction `,` custom<Int>($channel) ``
    custom<OptionalPacket>($packet) `` `)`
    (`repeat` $dynamic_repeat^ `:` type($dynamic_repeat))? $body attr-dict
  }];
  let extraClassDeclaration = [{
    /// How often the chain runs again after the first time.
    ::mlir::OpFoldResult getRepeat();
  }];
}

def ConfigureTaskForOp : AiexOp<"dma_configure_task_for"> {
  let summary = "Writes the descriptors of a task for a named shim channel";
  let arguments = (ins SymbolRefAttr:$alloc, Optional<Scalar>:$dynamic_repeat,
                       OptionalAttr<BoolAttr>:$issue_token, OptionalAttr<IntAttr>:$repeat_count);
  let results = (outs Index:$result);
  let regions = (region AnyRegion:$body);
  let assemblyFormat = [{
    $alloc (`repeat` $dynamic_repeat^ `:` type($dynamic_repeat))? $body attr-dict
  }];
  let extraClassDeclaration = [{
    ::mlir::OpFoldResult getRepeat();
  }];
}

class TaskOp<string mnemonic> : AiexOp<mnemonic> {
  let arguments = (ins Index:$task);
  let assemblyFormat = "`(` $task `)` attr-dict";
}
def StartTaskOp : TaskOp<"dma_start_task"> {
  let summary = "Queues a configured task";
}
def AwaitTaskOp : TaskOp<"dma_await_task"> {
  let summary = "Waits for a task's token, then frees its descriptors";
}
def FreeTaskOp : TaskOp<"dma_free_task"> {
  let summary = "Frees a task's descriptors without waiting";
}

def StartBdChainOp : AiexOp<"dma_start_bd_chain"> {
  let summary = "Configures and starts a bd_chain on a channel";
  let arguments = (ins FlatSymbolRefAttr:$chain, Variadic<AnyType>:$args, Index:$tile,
                       DmaDirection:$direction, IntAttr:$channel,
                       OptionalAttr<BoolAttr>:$issue_token, OptionalAttr<IntAttr>:$repeat_count);
  let results = (outs Index:$result);
  let assemblyFormat = [{
    $chain `(` $args `)` `:` `(` type($args) `)` `on` `(` $tile `,` $direction `,`
    custom<Int>($channel) `)` attr-dict
  }];
}

def StartBdChainForOp : AiexOp<"dma_start_bd_chain_for"> {
  let summary = "Configures and starts a bd_chain on a named shim channel";
  let arguments = (ins FlatSymbolRefAttr:$chain, Variadic<AnyType>:$args, SymbolRefAttr:$alloc,
                       OptionalAttr<BoolAttr>:$issue_token, OptionalAttr<IntAttr>:$repeat_count);
  let results = (outs Index:$result);
  let assemblyFormat = [{
    $chain `(` $args `)` `:` `(` type($args) `)` `for` $alloc attr-dict
  }];
}

def SetLockOp : AiexOp<"set_lock"> {
  let summary = "Sets a lock to a value";
  let arguments = (ins Index:$lock, IntAttr:$value);
  let assemblyFormat = "`(` $lock `,` custom<Int>($value) `)` attr-dict";
}

def ChannelResetForOp : AiexOp<"dma_channel_reset_for"> {
  let summary = "Resets a named shim channel";
  let arguments = (ins FlatSymbolRefAttr:$alloc);
  let assemblyFormat = "`(` $alloc `)` attr-dict";
}

def ConfigureOp : AiexOp<"configure", [NoTerminator, SingleBlock]> {
  let summary = "Loads another device's design and runs sequences of it";
  let arguments = (ins FlatSymbolRefAttr:$device);
  let regions = (region AnyRegion:$body);
  let assemblyFormat = "$device $body attr-dict";
}

def RunOp : AiexOp<"run"> {
  let summary = "Runs a sequence of the device that is configured";
  let arguments = (ins FlatSymbolRefAttr:$sequence, Variadic<AnyType>:$args);
  let assemblyFormat = "$sequence `(` $args `)` `:` `(` type($args) `)` attr-dict";
}

#endif
