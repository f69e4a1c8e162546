// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>, %n: i32) {
    
  }
}
// expected:
// the design needs something that is not executed here
//   where: sequence_with_a_number.mlir:9:3, aie.runtime_sequence
//   why:   argument 1 is not a memref
//   try:   pass numbers as run-time parameters
