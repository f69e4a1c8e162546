// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%mem dimensionsFromStream [<size = 8, stride = 2>]}, 2 : i32) : !aie.objectfifo<memref<16xi16>>
}
// expected:
// the design does not fit the device
//   where: fifo_that_reorders_in_one_word.mlir:7:3, S2MM 0 of tile (0, 1)
//   why:   the innermost stride is 2 elements of 2 bytes
//   try:   elements smaller than a word are only moved one behind the other
