// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %b = aie.buffer(%t) {sym_name = "b"} : memref<4xi32>
  %c = aie.buffer(%t) {sym_name = "b"} : memref<4xi32>
}
// expected:
// cannot read buffer_name_twice.mlir
//   where: buffer_name_twice.mlir:5:8: %c = aie.buffer(%t) {sym_name = "b"} : memref<4xi32>
//   why:   redefinition of symbol named 'b'
//   try:   docs/dialect.md lists the forms that are understood
