// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    aiex.npu.write32 {address = 204800 : ui32, column = 0 : i32, row = 2 : i32, value = 1 : ui32}
  }
}
// expected:
// the design needs something that is not executed here
//   where: write_to_an_unknown_register.mlir:10:5, aiex.npu.write32
//   why:   a write to register 0x32000 of compute tile (0, 2)
//   try:   known are descriptors, task queues, locks and memories; trace and counters are skipped
