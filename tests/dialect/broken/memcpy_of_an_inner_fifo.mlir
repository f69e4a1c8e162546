// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @inner(%a, {%b}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {metadata = @inner, id = 0 : i64} : memref<64xi32>
  }
}
// expected:
// the design is not valid
//   where: memcpy_of_an_inner_fifo.mlir:9:5, aiex.npu.dma_memcpy_nd
//   why:   object FIFO 'inner' has no end on a shim tile
//   try:   sequences reach object FIFOs by their shim ends
