// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi8>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi8>, 0, 32, [<size = 32, stride = 2>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: bytes_that_are_spread.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   the innermost stride is 2 elements of 1 bytes
//   try:   elements smaller than a word are only moved one behind the other
