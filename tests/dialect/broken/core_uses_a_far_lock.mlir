// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %far = aie.tile(2, 2)
  %l = aie.lock(%far, 0) {sym_name = "far"}
  %c = aie.core(%t) {
    aie.use_lock(%l, AcquireGreaterEqual, 1)
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: core_uses_a_far_lock.mlir:7:5, core of tile (0, 2)
//   why:   it uses lock 'far' of compute tile (2, 2)
//   try:   a core reaches its own memory and that of its northern, southern and western neighbour
