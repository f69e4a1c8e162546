// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    aiex.npu.sync {channel = 0 : i32, column = 0 : i32, column_num = 5 : i32, direction = 0 : i32, row = 0 : i32, row_num = 1 : i32}
  }
}
// expected:
// the design does not fit the device
//   where: sync_outside.mlir:10:5, aiex.npu.sync
//   why:   it waits for tiles (0, 0) to (4, 0); npu1 has 4 columns and 6 rows
