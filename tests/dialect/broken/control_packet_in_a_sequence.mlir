// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  aie.runtime_sequence @go(%x: memref<4xi32>) {
    aiex.control_packet {address = 2164260864 : ui32, data = array<i32: 3>, opcode = 0 : i32, stream_id = 1 : i32}
  }
}
// expected:
// the design needs something that is not executed here
//   where: control_packet_in_a_sequence.mlir:5:5, aiex.control_packet
//   why:   a sequence cannot do it here
//   try:   sequences move data, write parameters and wait
