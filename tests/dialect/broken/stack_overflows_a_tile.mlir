// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<16384xi32>
  %c = aie.core(%t) {
    aie.end
  } {stack_size = 4 : i32}
}
// expected:
// the design does not fit the device
//   where: stack_overflows_a_tile.mlir:5:8, compute tile (0, 2)
//   why:   65540 bytes are needed, 65536 are there: stack 4, b 65536
//   try:   use smaller or fewer objects, or move some to another tile
