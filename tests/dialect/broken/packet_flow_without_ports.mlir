// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  aie.packet_flow(1) {
  }
}
// expected:
// the design is not valid
//   where: packet_flow_without_ports.mlir:3:3, aie.packet_flow
//   why:   a packet flow has a source and a destination
