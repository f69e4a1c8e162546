// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(1, 1)
  %w = aie.tile(0, 1)
  %b = aie.buffer(%w) {sym_name = "west"} : memref<64xi32>
  %m = aie.memtile_dma(%t) {
    %d = aie.dma_start(MM2S, 4, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: high_mem_tile_channel_reaches_west.mlir:9:5, MM2S 4 of tile (1, 1)
//   why:   it moves buffer 'west' of mem tile (0, 1)
//   try:   a DMA reaches its own tile's memory; mem tile channels 0 to 3 also that of the mem tiles beside it
