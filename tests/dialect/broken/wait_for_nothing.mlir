// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    aiex.npu.dma_wait {symbol = @out}
  }
}
// expected:
// the design is not valid
//   where: wait_for_nothing.mlir:10:5, S2MM 0 of tile (0, 0)
//   why:   it waits for a token, and no task before it sends one
//   try:   start a task with issue_token = true on that channel first
