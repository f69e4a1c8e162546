// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^next)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^next:
    %e = aie.dma_start(MM2S, 0, ^again, ^end)
  ^again:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^again
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: channel_twice.mlir:11:10, a DMA program
//   why:   MM2S 0 of tile (0, 2) serves a DMA program already (at channel_twice.mlir:6:10), which never ends
//   try:   use another channel
