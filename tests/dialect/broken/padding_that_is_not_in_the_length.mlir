// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 1)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.memtile_dma(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 60, [<size = 8, stride = 8>, <size = 8, stride = 1>], [<const_pad_before = 1, const_pad_after = 1>, <const_pad_before = 0, const_pad_after = 0>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design is not valid
//   where: padding_that_is_not_in_the_length.mlir:8:5, aie.dma_bd
//   why:   its length is 60; the sizes come to 64, with padding to 80
//   try:   the length counts the padding
