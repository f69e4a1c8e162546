// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    %t = aiex.dma_configure_task_for @in {
    }
  }
}
// expected:
// the design is not valid
//   where: task_without_a_descriptor.mlir:10:10, aiex.dma_configure_task_for
//   why:   the task has no aie.dma_bd
