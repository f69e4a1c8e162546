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
      aie.dma_bd(%x : memref<64xi32>, 0, 64)
      aie.end
    }
    aiex.dma_start_task(%t)
    aiex.dma_await_task(%t)
  }
}
// expected:
// the design is not valid
//   where: await_without_token.mlir:15:5, aiex.dma_await_task
//   why:   the task at await_without_token.mlir:10:10 issues no token, so the wait would not end
//   try:   give the task {issue_token = true}
