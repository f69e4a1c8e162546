// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @x(%mem, {%b}, 2 : i32) {repeat_count = 0 : i32} : !aie.objectfifo<memref<16xi32>>
}
// expected:
// the design does not fit the device
//   where: repeat_of_zero.mlir:7:3, aie.objectfifo
//   why:   repeat_count = 0
//   try:   it is 1 to 256
