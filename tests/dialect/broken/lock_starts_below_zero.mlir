// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l = aie.lock(%t, 3) {init = -1 : i32}
}
// expected:
// the design does not fit the device
//   where: lock_starts_below_zero.mlir:4:8, lock 'lock_0_2_3'
//   why:   it starts at -1
//   try:   locks count from 0 to 63
