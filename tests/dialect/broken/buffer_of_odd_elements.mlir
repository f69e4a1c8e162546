// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<4xi24>
}
// expected:
// the design needs something that is not executed here
//   where: buffer_of_odd_elements.mlir:4:8, aie.buffer
//   why:   buffers of i24
//   try:   elements are 8, 16, 32 or 64 bits wide
