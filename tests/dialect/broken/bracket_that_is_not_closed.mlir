// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2
}
// expected:
// cannot read bracket_that_is_not_closed.mlir
//   where: bracket_that_is_not_closed.mlir:3:21: %t = aie.tile(0, 2
//   why:   expected ')'
//   try:   docs/dialect.md lists the forms that are understood
