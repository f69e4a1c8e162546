// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l = aie.lock(%t, 16)
}
// expected:
// the design does not fit the device
//   where: lock_number_outside.mlir:4:8, lock 'lock_0_2_16'
//   why:   compute tile (0, 2) has no lock 16
//   try:   it has locks 0 to 15
