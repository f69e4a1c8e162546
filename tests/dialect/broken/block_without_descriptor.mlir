// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l = aie.lock(%t, 0)
  %m = aie.mem(%t) {
    %d = aie.dma_start(MM2S, 0, ^move, ^end)
  ^move:
    aie.use_lock(%l, AcquireGreaterEqual, 1)
    aie.next_bd ^move
  ^end:
    aie.end
  }
}
// expected:
// the design is not valid
//   where: block_without_descriptor.mlir:8:5, aie.use_lock
//   why:   a block of the chain has no aie.dma_bd
//   try:   give every block of the chain one aie.dma_bd
