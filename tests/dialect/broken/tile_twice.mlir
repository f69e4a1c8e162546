// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %u = aie.tile(0, 2)
}
// expected:
// the design is not valid
//   where: tile_twice.mlir:4:8, aie.tile
//   why:   compute tile (0, 2) is declared at tile_twice.mlir:3:8 already
//   try:   use the first declaration's value
