// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  %l = aie.lock(%a, 0)
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    aiex.set_lock(%l, 64)
  }
}
// expected:
// the design does not fit the device
//   where: lock_set_too_high.mlir:9:5, aiex.set_lock
//   why:   a lock cannot be 64
//   try:   locks count from 0 to 63
