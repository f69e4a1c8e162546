// SPDX-License-Identifier: Apache-2.0
aie.device(npu1_5col) {
  %t = aie.tile(0, 2)
}
// expected:
// there is no device 'npu1_5col'
//   where: unknown_device.mlir:2:1, aie.device
//   try:   did you mean 'npu1_1col' or 'npu1_2col' or 'npu1_3col'?
