// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 17 : i32) : !aie.objectfifo<memref<16xi32>>
}
// expected:
// the design does not fit the device
//   where: too_many_descriptors.mlir:7:3, object FIFO 'in'
//   why:   compute tile (0, 2) has 16 descriptors for its channels, 17 are needed (S2MM 0 17)
//   try:   use shallower object FIFOs or a smaller repeat count
