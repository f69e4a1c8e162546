// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  aie.packet_flow(3) {
    aie.packet_source<%t, DMA : 0>
  }
}
// expected:
// the design is not valid
//   where: packet_flow_without_destination.mlir:4:3, aie.packet_flow
//   why:   a packet flow has a source and a destination
