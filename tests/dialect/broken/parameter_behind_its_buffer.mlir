// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  %p = aie.buffer(%a) {sym_name = "rtp"} : memref<4xi32>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    aiex.npu.rtp_write(@rtp, 4, 5)
  }
}
// expected:
// the design is not valid
//   where: parameter_behind_its_buffer.mlir:9:5, aiex.npu.rtp_write
//   why:   word 4 of 'rtp', which has 16 bytes
//   try:   words are 32 bits and count from 0
