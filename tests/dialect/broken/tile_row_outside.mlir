// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 6)
}
// expected:
// the design does not fit the device
//   where: tile_row_outside.mlir:3:8, aie.tile
//   why:   npu1 has 4 columns and 6 rows; there is no tile (0, 6)
//   try:   coordinates are (column, row) and start at 0
