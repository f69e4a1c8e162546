// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b", address = 65532 : i32} : memref<4xi32>
}
// expected:
// the design does not fit the device
//   where: buffer_past_the_end.mlir:4:8, buffer 'b'
//   why:   its 16 bytes at address 65532 leave compute tile (0, 2), which has 65536 bytes
//   try:   addresses count from the start of the tile's own memory
