// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %mem = aie.tile(0, 1)
  %b = aie.buffer(%mem) {sym_name = "shared"} : memref<4xi32>
  %c = aie.core(%t) {
    %zero = arith.constant 0 : index
    %v = memref.load %b[%zero] : memref<4xi32>
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: core_uses_a_mem_tile.mlir:6:8, core of tile (0, 2)
//   why:   it touches buffer 'shared' of mem tile (0, 1)
//   try:   a core reaches its own memory and that of its northern, southern and western neighbour
