// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %u = aie.tile(0, 3)
  aie.cascade_flow(%t, %u)
}
// expected:
// the design does not fit the device
//   where: cascade_upwards.mlir:5:3, aie.cascade_flow
//   why:   compute tile (0, 2) has no cascade to (0, 3)
//   try:   cascades go south and east between compute tiles
