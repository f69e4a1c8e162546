// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%mem}, 25 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo @out(%mem, {%a}, [25, 2]) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo.link [@in] -> [@out] ()
}
// expected:
// the design does not fit the device
//   where: mem_tile_descriptors_of_even_channels.mlir:7:3, object FIFO 'in'
//   why:   mem tile (0, 1) has 24 descriptors for its channels, 25 are needed (S2MM 0 25)
//   try:   even and odd channels have half of them each; move an end to the others
