// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l = aie.lock(%t, 3) {sym_name = "full"}
  %m = aie.lock(%t, 3) {sym_name = "empty"}
}
// expected:
// the design is not valid
//   where: lock_number_twice.mlir:5:8, lock 'empty'
//   why:   lock 3 of compute tile (0, 2) is 'full' already
//   try:   give it another number, or none
