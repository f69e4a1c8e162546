// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %inner = aie.buffer(%a) {sym_name = "inner"} : memref<64xi32>
  aie.runtime_sequence @go(%x: memref<64xi32>) {
    %t = aiex.dma_configure_task_for @in {
      aie.dma_bd(%inner : memref<64xi32>, 0, 64)
      aie.end
    }
  }
}
// expected:
// the design is not valid
//   where: task_of_an_inner_buffer.mlir:11:7, MM2S 0 of tile (0, 0)
//   why:   a shim DMA moves a buffer of the array
//   try:   shim tiles move host buffers, other tiles their own
