// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  %far = aie.tile(3, 5)
  aie.objectfifo @x(%a, {%b}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  aie.objectfifo.allocate @x(%far)
}
// expected:
// the design does not fit the device
//   where: allocated_where_nobody_reaches.mlir:8:3, object FIFO 'x'
//   why:   it is allocated on compute tile (3, 5), which the cores of (0, 2) and (0, 3) do not both reach
//   try:   a core reaches its own memory, its northern, southern and western neighbour's
