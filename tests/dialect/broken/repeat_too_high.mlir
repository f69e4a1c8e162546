// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end, repeat_count = 256)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: repeat_too_high.mlir:6:10, aie.dma_start
//   why:   repeat_count = 256
//   try:   a task can run again 0 to 255 times
