// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%mem}, 2 : i32) : !aie.objectfifo<memref<32xi32>>
  aie.objectfifo @one(%mem, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @two(%mem, {%b}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo.link [@in] -> [@one, @two] ([] [0, 24])
}
// expected:
// the design is not valid
//   where: distribute_past_the_end.mlir:10:3, objectfifo.link
//   why:   'two' is elements 24 to 39 of 'in', which has 32
//   try:   the offsets are in elements of the big object
