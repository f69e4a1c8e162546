// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %x = arith.constant dense<1.0> : vector<16xf32>
    %y = arith.addf %x, %x : vector<16xf32>
    aie.end
  }
}
// expected:
// the design needs something that is not executed here
//   where: vectors_in_a_core.mlir:10:10, arith.addf
//   why:   a core's own code has no vector arithmetic here
//   try:   move it into a kernel, which runs as native code
