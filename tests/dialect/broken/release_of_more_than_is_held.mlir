// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %v = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<16xi32>>
    aie.objectfifo.release @in(Consume, 2)
    aie.end
  }
}
// expected:
// the design is not valid
//   where: release_of_more_than_is_held.mlir:10:5, core of tile (0, 2)
//   why:   it releases 2 objects of 'in' (Consume) and holds 1
//   try:   acquire before releasing, on every way to the release
