// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 32, [<size = 2, stride = 1>, <size = 2, stride = 1>, <size = 2, stride = 1>, <size = 2, stride = 1>, <size = 2, stride = 1>])
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: too_many_dimensions.mlir:8:5, MM2S 0 of tile (0, 2)
//   why:   5 dimensions; a descriptor of a compute tile has 3 and an iteration
//   try:   fold dimensions that lie one behind the other
