// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi8>) {
    aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 30][0, 0, 0, 1]) {metadata = @in, id = 0 : i64} : memref<64xi8>
  }
}
// expected:
// the design does not fit the device
//   where: memcpy_of_half_a_word.mlir:10:5, MM2S 0 of tile (0, 0)
//   why:   its length is 30 bytes
//   try:   DMAs move whole words of 4 bytes
