// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 1)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.memtile_dma(%t) {
    %d = aie.dma_start(MM2S, 1, ^move, ^end)
  ^move:
    aie.dma_bd(%b : memref<64xi32>, 0, 64) {bd_id = 3 : i32}
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: descriptor_number_of_other_channels.mlir:8:5, MM2S 1 of tile (0, 1)
//   why:   this channel cannot use descriptor 3
//   try:   leave bd_id out
