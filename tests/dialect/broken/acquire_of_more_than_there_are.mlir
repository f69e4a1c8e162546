// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, [2, 2]) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %v = aie.objectfifo.acquire @in(Consume, 3) : !aie.objectfifosubview<memref<16xi32>>
    aie.end
  }
}
// expected:
// the design is not valid
//   where: acquire_of_more_than_there_are.mlir:9:10, aie.objectfifo.acquire
//   why:   it wants 3 objects of 'in', which has 2 on compute tile (0, 2)
//   try:   make the object FIFO deeper, or hold fewer objects
