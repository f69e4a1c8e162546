// SPDX-License-Identifier: Apache-2.0
module {
}
// expected:
// the design is not valid
//   where: no_device.mlir
//   why:   it holds no aie.device
//   try:   wrap the design: aie.device(npu1) { ... }
