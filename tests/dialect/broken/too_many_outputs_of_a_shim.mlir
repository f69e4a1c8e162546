// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @one(%shim, {%a}, 1 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @two(%shim, {%b}, 1 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @three(%shim, {%mem}, 1 : i32) : !aie.objectfifo<memref<16xi32>>
}
// expected:
// the design does not fit the device
//   where: too_many_outputs_of_a_shim.mlir:9:3, object FIFO 'three'
//   why:   shim tile (0, 0) has 2 MM2S channels, all in use (0: object FIFO 'one', 1: object FIFO 'two')
//   try:   move an end to another tile, or join object FIFOs
