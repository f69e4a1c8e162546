// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design is not valid
//   where: two_descriptors_in_a_block.mlir:9:5, aie.dma_bd
//   why:   a second aie.dma_bd in one block
