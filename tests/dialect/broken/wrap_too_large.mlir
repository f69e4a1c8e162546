// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 600, [<size = 2, stride = 1>, <size = 300, stride = 1>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: wrap_too_large.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   a dimension of size 300 words; only the outermost may be larger than 255
//   try:   split it into two dimensions
