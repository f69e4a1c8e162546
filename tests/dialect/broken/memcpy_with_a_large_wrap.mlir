// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<8192xi32>) {
    aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 2, 2000][0, 0, 2048, 1]) {metadata = @in, id = 0 : i64} : memref<8192xi32>
  }
}
// expected:
// the design does not fit the device
//   where: memcpy_with_a_large_wrap.mlir:10:5, MM2S 0 of tile (0, 0)
//   why:   a dimension of size 2000 words; only the outermost may be larger than 1023
//   try:   split it into two dimensions
