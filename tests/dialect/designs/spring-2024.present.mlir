// spring-2024.mlir in the form of 2026.
module @small {
  aie.device(npu1) {
    memref.global "public" @companion : memref<64xi32>
    func.func private @scale(memref<16xi32>, memref<16xi32>)
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @in(%tile_0_0, {%tile_0_2 dimensionsFromStream [<size = 4, stride = 4>, <size = 4, stride = 1>]}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo @out(%tile_0_2, {%tile_0_1}, 2 : i32) {pad_value = 3 : i64, repeat_count = 2 : i32} : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo.link [@in] -> [@out] ()
    %0 = aie.lock(%tile_0_2, 0)
    %core_0_2 = aie.core(%tile_0_2) {
      %1 = aie.objectfifo.acquire @in(Consume, 1) : memref<16xi32>
      func.call @scale(%1, %1) : (memref<16xi32>, memref<16xi32>) -> ()
      aie.objectfifo.release @in(Consume, 1)
      aie.use_lock(%0, Acquire, 1)
      aie.end
    } {link_with = "scale.o", stack_size = 2048 : i32}
    aie.runtime_sequence @sequence(%arg0: memref<64xi32>, %arg1: memref<64xi32>) {
      %c0_i64 = arith.constant 0 : i64
      aiex.npu.rtp_write(@table, 1, 5)
      aiex.npu.dma_memcpy_nd(%arg0[%c0_i64, 0, 0, 0][1, 1, 4, 16][0, 0, 16, 1]) {id = 0 : i32, metadata = @in} : memref<64xi32>
      %c0_i32 = arith.constant 0 : i32
      %c1_i32 = arith.constant 1 : i32
      aiex.npu.sync(%c0_i32, %c0_i32, %c0_i32, %c0_i32, %c1_i32, %c1_i32) : i32, i32, i32, i32, i32, i32
    }
  }
}
