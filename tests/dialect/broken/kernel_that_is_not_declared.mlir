// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    func.call @work() : () -> ()
    aie.end
  }
}
// expected:
// cannot read kernel_that_is_not_declared.mlir
//   where: kernel_that_is_not_declared.mlir:9:5: func.call @work() : () -> ()
//   why:   'func.call' op 'work' does not reference a valid function
//   try:   docs/dialect.md lists the forms that are understood
