// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %m = aie.mem(%t) {
    aie.end
  }
  %n = aie.mem(%t) {
    aie.end
  }
}
// expected:
// the design is not valid
//   where: two_dma_programs.mlir:7:8, aie.mem
//   why:   compute tile (0, 2) has a DMA program already
//   try:   put all channels into one program
