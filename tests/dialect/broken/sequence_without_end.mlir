// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %many = arith.constant 9223372036854775807 : index
    scf.for %i = %zero to %many step %one {
    }
  }
}
// expected:
// the design needs something that is not executed here
//   where: sequence_without_end.mlir:13:5, scf.for
//   why:   the sequence comes to more than 262144 operations
//   try:   move more with each transfer
