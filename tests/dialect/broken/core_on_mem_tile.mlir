// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 1)
  %c = aie.core(%t) {
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: core_on_mem_tile.mlir:4:8, aie.core
//   why:   mem tile (0, 1) has no core
//   try:   cores are in compute tiles
