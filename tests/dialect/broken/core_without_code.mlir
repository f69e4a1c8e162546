// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %c = aie.core(%t) {
  }
}
// expected:
// the design is not valid
//   where: core_without_code.mlir:4:8, aie.core
//   why:   it has no code
//   try:   end it with aie.end
