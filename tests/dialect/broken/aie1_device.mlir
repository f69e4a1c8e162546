// SPDX-License-Identifier: Apache-2.0
aie.device(xcvc1902) {
  %t = aie.tile(0, 2)
}
// expected:
// device 'xcvc1902' is not supported
//   where: aie1_device.mlir:2:1, aie.device
//   why:   it is an array of first generation AI Engines (AIE1)
//   try:   designs for npu1, npu2 (AIE2, AIE2P)
