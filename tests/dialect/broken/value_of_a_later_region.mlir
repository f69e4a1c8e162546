// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %b = aie.buffer(%t) : memref<4xi32>
  %s = aie.tile(0, 2)
  %c = aie.core(%s) {
    %t = arith.constant 1 : index
    aie.end
  }
}
// expected:
// cannot read value_of_a_later_region.mlir
//   where: value_of_a_later_region.mlir:3:19: %b = aie.buffer(%t) : memref<4xi32>
//   why:   %t is used here, but defined later, in a region of its own (line 6)
//   try:   define values before they are used, in the same or an enclosing region
