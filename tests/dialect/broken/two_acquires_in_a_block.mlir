// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l = aie.lock(%t, 0)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<64xi32>
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.use_lock(%l, AcquireGreaterEqual, 1)
    aie.use_lock(%l, AcquireGreaterEqual, 1)
    aie.dma_bd(%b : memref<64xi32>, 0, 64)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design is not valid
//   where: two_acquires_in_a_block.mlir:10:5, aie.use_lock
//   why:   a second acquire in one descriptor
//   try:   a descriptor has one lock to acquire and one to release
