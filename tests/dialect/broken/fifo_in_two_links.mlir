// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  %e = aie.tile(1, 2)
  aie.objectfifo @in(%shim, {%mem}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%mem, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @other(%mem, {%b}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo.link [@in] -> [@out] ()
  aie.objectfifo.link [@in] -> [@other] ()
}
// expected:
// the design is not valid
//   where: fifo_in_two_links.mlir:12:3, objectfifo.link
//   why:   object FIFO 'in' is in another link already
//   try:   an object FIFO can be in one link; let a copy of it go on
