// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %c = aie.core(%t) {
    aie.end
  }
  %d = aie.core(%t) {
    aie.end
  }
}
// expected:
// the design is not valid
//   where: core_twice.mlir:7:8, aie.core
//   why:   compute tile (0, 2) has a program already, at core_twice.mlir:4:8
