// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %v = aie.objectfifo.acquire @in(Produce, 1) : !aie.objectfifosubview<memref<16xi32>>
    aie.end
  }
}
// expected:
// the design is not valid
//   where: acquire_at_the_wrong_end.mlir:9:10, aie.objectfifo.acquire
//   why:   compute tile (0, 2) is no producer of 'in'
//   try:   the object FIFO is declared at acquire_at_the_wrong_end.mlir:7:3
