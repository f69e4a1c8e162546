// SPDX-License-Identifier: Apache-2.0
aie.device(npu1_1col) {
  %t = aie.tile(1, 2)
}
// expected:
// the design does not fit the device
//   where: tile_outside_of_a_partition.mlir:3:8, aie.tile
//   why:   npu1_1col has 1 columns and 6 rows; there is no tile (1, 2)
//   try:   coordinates are (column, row) and start at 0
