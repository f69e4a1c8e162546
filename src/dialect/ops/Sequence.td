// SPDX-License-Identifier: Apache-2.0
// What the host calls, and what its calls can start.
#ifndef SHIFTWISE_DIALECT_SEQUENCE_TD
#define SHIFTWISE_DIALECT_SEQUENCE_TD

include "Attrs.td"

def RuntimeSequenceOp : AieOp<"runtime_sequence", [NoTerminator, SingleBlock]> {
  let summary = "What the array's controller does for one call by the host";
  let description = [{
    The arguments are the host's buffers. Text until 2025 says aiex.runtime_sequence, text of
    early 2024 has a func.func in the device instead.
  }];
  let arguments = (ins OptionalAttr<SymbolNameAttr>:$sym_name);
  let regions = (region AnyRegion:$body);
  let hasCustomAssemblyFormat = 1;
}

def BdChainOp : AieOp<"bd_chain", [Symbol]> {
  let summary = "Descriptors that tasks start with buffers of their own";
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region AnyRegion:$body);
  let hasCustomAssemblyFormat = 1;
}

#endif
