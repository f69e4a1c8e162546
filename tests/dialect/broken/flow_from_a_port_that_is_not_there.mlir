// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %u = aie.tile(0, 3)
  aie.flow(%t, DMA : 2, %u, DMA : 0)
}
// expected:
// the design does not fit the device
//   where: flow_from_a_port_that_is_not_there.mlir:5:3, flow
//   why:   compute tile (0, 2) has no DMA port 2 that a stream can start from
//   try:   it has 2 of them, counted from 0
