// SPDX-License-Identifier: Apache-2.0
// Circuits, packets and cascades between tiles.
#ifndef SHIFTWISE_DIALECT_STREAM_TD
#define SHIFTWISE_DIALECT_STREAM_TD

include "Attrs.td"

def FlowOp : AieOp<"flow"> {
  let summary = "A circuit from one stream port to another";
  let arguments = (ins Index:$source, WireBundle:$source_bundle, IntAttr:$source_channel,
                       Index:$dest, WireBundle:$dest_bundle, IntAttr:$dest_channel);
  let assemblyFormat = [{
    `(` $source `,` $source_bundle `:` custom<Int>($source_channel) `,`
        $dest `,` $dest_bundle `:` custom<Int>($dest_channel) `)` attr-dict
  }];
}

def PacketFlowOp : AieOp<"packet_flow", [SingleBlock, NoTerminator]> {
  let summary = "The way of packets that carry an id";
  let arguments = (ins IntAttr:$id, OptionalAttr<BoolAttr>:$keep_pkt_header);
  let regions = (region AnyRegion:$ports);
  let assemblyFormat = "`(` custom<Int>($id) `)` $ports attr-dict";
}

class PacketPortOp<string mnemonic> : AieOp<mnemonic, [HasParent<"PacketFlowOp">]> {
  let arguments = (ins Index:$tile, WireBundle:$bundle, IntAttr:$channel);
  let assemblyFormat = "`<` $tile `,` $bundle `:` custom<Int>($channel) `>` attr-dict";
}
def PacketSourceOp : PacketPortOp<"packet_source"> {
  let summary = "Where packets start";
}
def PacketDestOp : PacketPortOp<"packet_dest"> {
  let summary = "Where packets arrive";
}

def CascadeFlowOp : AieOp<"cascade_flow"> {
  let summary = "Wide values from a core to its southern or eastern neighbour";
  let arguments = (ins Index:$source, Index:$dest);
  let assemblyFormat = "`(` $source `,` $dest `)` attr-dict";
}

def ConfigureCascadeOp : AieOp<"configure_cascade"> {
  let summary = "The sides on which a tile receives and sends wide values";
  let arguments = (ins Index:$tile, CascadeSide:$input, CascadeSide:$output);
  let assemblyFormat = "`(` $tile `,` $input `,` $output `)` attr-dict";
}

def GetCascadeOp : AieOp<"get_cascade"> {
  let summary = "Receives a wide value";
  let results = (outs AnyType:$value);
  let assemblyFormat = "`(` `)` attr-dict `:` type($value)";
}

def PutCascadeOp : AieOp<"put_cascade"> {
  let summary = "Sends a wide value";
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "`(` $value `:` type($value) `)` attr-dict";
}

def ShimDmaAllocationOp : AieOp<"shim_dma_allocation"> {
  let summary = "A name for a shim channel";
  let description = [{
    The name is a reference, not a symbol: text until 2025 has a memref.global, or the object
    FIFO itself, under the same name.
  }];
  let arguments = (ins FlatSymbolRefAttr:$alloc, Optional<Index>:$tile, DmaDirection:$direction,
                       IntAttr:$channel, OptionalAttr<IntAttr>:$col);
  let assemblyFormat = [{
    $alloc `(` custom<Allocation>($tile, $direction, $channel, $col) `)` attr-dict
  }];
  let extraClassDeclaration = [{
    /// The column of the shim tile; nothing for a tile whose place is open.
    std::optional<int64_t> getColumn();
  }];
}

#endif
