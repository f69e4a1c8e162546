// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%shim, {%b}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo.link [@in] -> [@out] ()
}
// expected:
// the design does not fit the device
//   where: link_on_a_shim_tile.mlir:9:3, objectfifo.link
//   why:   it meets on shim tile (0, 0), which has no memory
//   try:   link on a mem tile or a compute tile
