// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 2, [<size = 2, stride = 9000>, <size = 1, stride = 1>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: step_too_large.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   a stride of 9000 words; the largest is 8192
//   try:   move the data in several transfers
