// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%mem}, 2 : i32) : !aie.objectfifo<memref<32xi32>>
  aie.objectfifo @one(%mem, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @two(%mem, {%b}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo.link [@in] -> [@one, @two] ([] [0])
}
// expected:
// cannot read distribute_with_too_few_offsets.mlir
//   where: distribute_with_too_few_offsets.mlir:10:3: aie.objectfifo.link [@in] -> [@one, @two] ([] [0])
//   why:   'aie.objectfifo.link' op 1 destination offsets for 2 object FIFOs
//   try:   docs/dialect.md lists the forms that are understood
