// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %u = aie.tile(0, 3)
  %v = aie.tile(0, 4)
  aie.flow(%t, DMA : 0, %v, DMA : 1)
  aie.flow(%u, DMA : 0, %v, DMA : 1)
}
// expected:
// the design does not fit the device
//   where: two_flows_into_one_port.mlir:7:3, flow
//   why:   DMA 1 of tile (0, 4) receives flow already (at two_flows_into_one_port.mlir:6:3)
//   try:   a port takes one circuit; packets can share it
