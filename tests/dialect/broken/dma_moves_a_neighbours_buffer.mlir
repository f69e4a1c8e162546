// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %n = aie.tile(0, 3)
  %b = aie.buffer(%n) {sym_name = "theirs"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: dma_moves_a_neighbours_buffer.mlir:9:5, MM2S 0 of tile (0, 2)
//   why:   it moves buffer 'theirs' of compute tile (0, 3)
//   try:   a DMA reaches its own tile's memory; mem tile channels 0 to 3 also that of the mem tiles beside it
