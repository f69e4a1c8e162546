// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @x(%a, {%b}, 2 : i32) {aie_stream = 0 : i32, aie_stream_port = 0 : i32} : !aie.objectfifo<memref<16xi32>>
}
// expected:
// the design needs something that is not executed here
//   where: stream_of_a_core.mlir:7:3, aie.objectfifo
//   why:   aie_stream: the core reads and writes its stream ports itself
//   try:   let the object FIFO go through DMAs
