// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %u = aie.tile(0, 3)
  aie.packet_flow(32) {
    aie.packet_source<%t, DMA : 0>
    aie.packet_dest<%u, DMA : 0>
  }
}
// expected:
// the design does not fit the device
//   where: packet_id_outside.mlir:5:3, packet flow 32
//   why:   packet id 32
//   try:   packet ids are 0 to 31
