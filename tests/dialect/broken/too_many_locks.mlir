// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l0 = aie.lock(%t)
  %l1 = aie.lock(%t)
  %l2 = aie.lock(%t)
  %l3 = aie.lock(%t)
  %l4 = aie.lock(%t)
  %l5 = aie.lock(%t)
  %l6 = aie.lock(%t)
  %l7 = aie.lock(%t)
  %l8 = aie.lock(%t)
  %l9 = aie.lock(%t)
  %l10 = aie.lock(%t)
  %l11 = aie.lock(%t)
  %l12 = aie.lock(%t)
  %l13 = aie.lock(%t)
  %l14 = aie.lock(%t)
  %l15 = aie.lock(%t)
  %l16 = aie.lock(%t)
}
// expected:
// the design does not fit the device
//   where: too_many_locks.mlir:20:10, lock 'lock_16'
//   why:   it is lock number 17 of compute tile (0, 2), which has 16
//   try:   an object FIFO end takes two locks; move some to other tiles
