// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.logical_tile<MemTile>(0, 2)
}
// expected:
// the design does not fit the device
//   where: logical_tile_of_another_kind.mlir:3:8, aie.logical_tile
//   why:   compute tile (0, 2) is not a MemTile
