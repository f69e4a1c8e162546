// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 16, [<size = 4, stride = 0>, <size = 4, stride = 1>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: stride_of_zero.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   a stride of 0 in a dimension of size 4
//   try:   only the iteration can stay where it is; repeat the task
