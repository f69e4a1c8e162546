// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %u = aie.tile(0, 3)
  aie.flow(%t, DMA : 0, %u, Trace : 0)
}
// expected:
// the design does not fit the device
//   where: flow_to_a_trace_port.mlir:5:3, flow
//   why:   compute tile (0, 3) has no Trace port 0 that a stream can arrive at
//   try:   streams start and end at DMAs, cores and trace units
