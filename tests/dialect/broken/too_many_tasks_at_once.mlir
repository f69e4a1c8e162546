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
    %many = arith.constant 17 : index
    scf.for %i = %zero to %many step %one {
      %t = aiex.dma_configure_task_for @in {
        aie.dma_bd(%x : memref<64xi32>, 0, 64)
        aie.end
      }
      aiex.dma_start_task(%t)
    }
  }
}
// expected:
// the design does not fit the device
//   where: too_many_tasks_at_once.mlir:14:12, MM2S 0 of tile (0, 0)
//   why:   17 descriptors are configured and neither awaited nor freed, shim tile (0, 0) has 16
//   try:   await or free tasks before configuring more
