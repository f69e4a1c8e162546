// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.logical_tile<CoreTile>(?, ?)
  %b = aie.buffer(%t) : memref<4xi32>
}
// expected:
// the design needs something that is not executed here
//   where: tile_open.mlir:3:8, aie.logical_tile
//   why:   the tile's place is left open
//   try:   give its column and row
