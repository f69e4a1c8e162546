// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 0 : i32) : !aie.objectfifo<memref<16xi32>>
}
// expected:
// cannot read depth_of_zero.mlir
//   where: depth_of_zero.mlir:7:3: aie.objectfifo @in(%shim, {%a}, 0 : i32) : !aie.objectfifo<memref<16xi32>>
//   why:   'aie.objectfifo' op depth 0 holds no object
//   try:   docs/dialect.md lists the forms that are understood
