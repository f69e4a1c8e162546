// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 3 : i32) : !aie.objectfifo<memref<24000xi8>>
}
// expected:
// the design does not fit the device
//   where: fifo_overflows_a_tile.mlir:7:3, compute tile (0, 2)
//   why:   72000 bytes are needed, 65536 are there: in_cons_buff_0 24000, in_cons_buff_1 24000, in_cons_buff_2 24000
//   try:   use smaller or fewer objects, or move some to another tile
