// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a, %b}, [2, 2]) : !aie.objectfifo<memref<16xi32>>
}
// expected:
// cannot read too_few_depths.mlir
//   where: too_few_depths.mlir:7:3: aie.objectfifo @in(%shim, {%a, %b}, [2, 2]) : !aie.objectfifo<memref<16xi32>>
//   why:   'aie.objectfifo' op 2 depths for a producer and 2 consumers; expected one depth, or one for each end
//   try:   docs/dialect.md lists the forms that are understood
