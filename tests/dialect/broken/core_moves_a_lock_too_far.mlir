// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %l = aie.lock(%t, 0) {sym_name = "gate"}
  %c = aie.core(%t) {
    aie.use_lock(%l, Release, 64)
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: core_moves_a_lock_too_far.mlir:6:5, core of tile (0, 2)
//   why:   it moves lock 'gate' by 64
//   try:   locks count from 0 to 63
