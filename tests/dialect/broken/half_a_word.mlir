// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi8>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi8>, 0, 30)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: half_a_word.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   its length is 30 bytes
//   try:   DMAs move whole words of 4 bytes
