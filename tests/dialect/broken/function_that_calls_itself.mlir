// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  func.func @again() {
    func.call @again() : () -> ()
    return
  }
  %core = aie.core(%a) {
    func.call @again() : () -> ()
    aie.end
  }
}
// expected:
// the design needs something that is not executed here
//   where: function_that_calls_itself.mlir:8:5, func.call
//   why:   the function calls itself
//   try:   write it as a loop
