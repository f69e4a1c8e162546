// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64, [<size = 8, stride = 16>, <size = 8, stride = 1>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design is not valid
//   where: strides_past_the_end_of_a_buffer.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   it reaches element 119 of buffer 'b', which has 64 (256 bytes)
//   try:   offset, sizes and strides are in elements
