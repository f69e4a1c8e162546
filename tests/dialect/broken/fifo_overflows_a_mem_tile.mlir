// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  %left = aie.buffer(%mem) {sym_name = "left"} : memref<500000xi8>
  %east = aie.tile(1, 1)
  %right = aie.buffer(%east) {sym_name = "right"} : memref<500000xi8>
  aie.objectfifo @in(%shim, {%mem}, 2 : i32) : !aie.objectfifo<memref<32000xi8>>
  aie.objectfifo @out(%mem, {%a}, 2 : i32) : !aie.objectfifo<memref<32000xi8>>
  aie.objectfifo.link [@in] -> [@out] ()
}
// expected:
// the design does not fit the device
//   where: fifo_overflows_a_mem_tile.mlir:7:11, mem tile (0, 1)
//   why:   564000 bytes are needed, 524288 are there: left 500000, in_cons_buff_0 32000, in_cons_buff_1 32000
//   try:   use smaller or fewer objects, or move some to another tile
