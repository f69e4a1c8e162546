// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 0)
  %c = aie.core(%t) {
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: core_on_shim_tile.mlir:4:8, aie.core
//   why:   shim tile (0, 0) has no core
//   try:   cores are in compute tiles
