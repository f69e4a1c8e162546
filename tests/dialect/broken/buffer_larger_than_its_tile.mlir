// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<32768xi32>
}
// expected:
// the design does not fit the device
//   where: buffer_larger_than_its_tile.mlir:4:8, aie.buffer
//   why:   memref<32768xi32> has 131072 bytes, compute tile (0, 2) has 65536
//   try:   split it over several objects
