// SPDX-License-Identifier: Apache-2.0
// What a design is made of: devices, tiles, and the programs of a tile.
#ifndef SHIFTWISE_DIALECT_STRUCTURE_TD
#define SHIFTWISE_DIALECT_STRUCTURE_TD

include "Attrs.td"

def DeviceOp : AieOp<"device", [IsolatedFromAbove, SymbolTable, Symbol, SingleBlock,
                                NoTerminator]> {
  let summary = "A design for one device";
  let arguments = (ins StrAttr:$device, OptionalAttr<SymbolNameAttr>:$sym_name);
  let regions = (region AnyRegion:$body);
  let assemblyFormat = "`(` custom<Word>($device) `)` ($sym_name^)? $body attr-dict";
  let extraClassDeclaration = [{
    bool isOptionalSymbol() { return true; }
  }];
}

def TileOp : AieOp<"tile", [Pure, Named]> {
  let summary = "A tile: column from the west, row from the south";
  let arguments = (ins IntAttr:$col, IntAttr:$row);
  let results = (outs Index:$result);
  let assemblyFormat = "`(` custom<Int>($col) `,` custom<Int>($row) `)` attr-dict";
}

def LogicalTileOp : AieOp<"logical_tile", [Pure]> {
  let summary = "A tile of a kind, whose place may be left open (`?`)";
  let arguments = (ins StrAttr:$kind, OptionalAttr<IntAttr>:$col, OptionalAttr<IntAttr>:$row);
  let results = (outs Index:$result);
  let assemblyFormat = [{
    `<` custom<Word>($kind) `>` `` `(` custom<IntOrOpen>($col) `,` custom<IntOrOpen>($row) `)` attr-dict
  }];
}

def CoreOp : AieOp<"core", [Named]> {
  let summary = "The program of a core";
  let arguments = (ins Index:$tile, OptionalAttr<StrAttr>:$link_with,
                       OptionalAttr<ArrayAttr>:$link_files, OptionalAttr<IntAttr>:$stack_size,
                       OptionalAttr<StrAttr>:$elf_file);
  let results = (outs Index:$result);
  let regions = (region AnyRegion:$body);
  let assemblyFormat = "`(` $tile `)` $body attr-dict";
}

class TileDmaOp<string mnemonic> : AieOp<mnemonic, [Named]> {
  let arguments = (ins Index:$tile);
  let results = (outs Index:$result);
  let regions = (region AnyRegion:$body);
  let assemblyFormat = "`(` $tile `)` $body attr-dict";
}

def MemOp : TileDmaOp<"mem"> {
  let summary = "The DMA program of a compute tile";
}
def MemTileDmaOp : TileDmaOp<"memtile_dma"> {
  let summary = "The DMA program of a memory tile";
}
def ShimDmaOp : TileDmaOp<"shim_dma"> {
  let summary = "The DMA program of a shim tile";
}

def EndOp : AieOp<"end", [Terminator]> {
  let summary = "Ends a region of the dialect";
  let assemblyFormat = "attr-dict";
}

def EventOp : AieOp<"event"> {
  let summary = "A mark that a core leaves in the trace";
  let arguments = (ins IntAttr:$number);
  let assemblyFormat = "`(` custom<Int>($number) `)` attr-dict";
}

#endif
