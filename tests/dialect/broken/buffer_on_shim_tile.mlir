// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 0)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<4xi32>
}
// expected:
// the design does not fit the device
//   where: buffer_on_shim_tile.mlir:4:8, aie.buffer
//   why:   shim tile (0, 0) has no memory
//   try:   put the buffer on a mem tile or a compute tile
