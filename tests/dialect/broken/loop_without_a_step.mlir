// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %z = arith.constant 0 : index
    scf.for %i = %z to %z step %z {
    }
    aie.end
  }
}
// expected:
// the design is not valid
//   where: loop_without_a_step.mlir:10:5, scf.for
//   why:   a step of 0
//   try:   loops count upwards
