// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %ten = arith.constant 10 : index
    scf.for %i = %zero to %ten step %one {
      %v = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<16xi32>>
      aie.objectfifo.release @in(Consume, 1)
      aie.objectfifo.release @in(Consume, 1)
    }
    aie.end
  }
}
// expected:
// the design is not valid
//   where: release_twice_in_a_loop.mlir:15:7, core of tile (0, 2)
//   why:   it releases 1 objects of 'in' (Consume) and holds 0
//   try:   acquire before releasing, on every way to the release
