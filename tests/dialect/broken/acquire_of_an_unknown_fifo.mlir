// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %v = aie.objectfifo.acquire @inn(Consume, 1) : !aie.objectfifosubview<memref<16xi32>>
    aie.end
  }
}
// expected:
// the design is not valid
//   where: acquire_of_an_unknown_fifo.mlir:9:10, aie.objectfifo.acquire
//   why:   there is no object FIFO 'inn'
//   try:   did you mean 'in'?
