// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %n = aie.tile(0, 3)
  %l = aie.lock(%n, 0) {sym_name = "theirs"}
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.use_lock(%l, AcquireGreaterEqual, 1)
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: dma_uses_a_neighbours_lock.mlir:11:5, MM2S 0 of tile (0, 2)
//   why:   it uses lock 'theirs' of compute tile (0, 3)
//   try:   a DMA reaches its own tile's locks; mem tile channels 0 to 3 also those of the mem tiles beside it
