// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %east = aie.tile(1, 2)
  %b = aie.buffer(%east) {sym_name = "theirs"} : memref<4xi32>
  %c = aie.core(%t) {
    %zero = arith.constant 0 : index
    %v = memref.load %b[%zero] : memref<4xi32>
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: core_uses_an_eastern_buffer.mlir:6:8, core of tile (0, 2)
//   why:   it touches buffer 'theirs' of compute tile (1, 2)
//   try:   a core reaches its own memory and that of its northern, southern and western neighbour
