// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 1)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: mem_program_on_a_mem_tile.mlir:5:8, aie.mem
//   why:   mem tile (0, 1) is not a compute tile
//   try:   aie.mem is for compute tiles, aie.memtile_dma for mem tiles, aie.shim_dma for shim tiles
