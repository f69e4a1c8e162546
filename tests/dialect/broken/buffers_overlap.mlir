// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b", address = 1024 : i32} : memref<16xi32>
  %c = aie.buffer(%t) {sym_name = "c", address = 1080 : i32} : memref<16xi32>
}
// expected:
// the design is not valid
//   where: buffers_overlap.mlir:5:8, buffer 'c'
//   why:   its address 1080 lies within 'b' (64 bytes at 1024) of compute tile (0, 2)
//   try:   leave the addresses out, or move one
