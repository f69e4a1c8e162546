// year-2023.mlir in the form of 2026.
module {
  aie.device(npu1) {
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    %tile_0_3 = aie.tile(0, 3)
    %b = aie.buffer(%tile_0_2) {sym_name = "b"} : memref<32xi32>
    %0 = aie.lock(%tile_0_2, 3)
    aie.objectfifo @feed(%tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.objectfifo @next(%tile_0_2, {%tile_0_3}, 2 : i32) {via_DMA = true} : !aie.objectfifo<memref<8xi32>>
    aie.objectfifo @last(%tile_0_3, {%tile_0_0}, 2 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.objectfifo.link [@feed] -> [@next] ()
    aie.shim_dma_allocation @feed_shim(%tile_0_0, MM2S, 0)
    %core_0_2 = aie.core(%tile_0_2) {
      %1 = aie.objectfifo.acquire @feed(Consume, 1) : memref<8xi32>
      aie.objectfifo.release @feed(Consume, 1)
      aie.end
    }
    %mem_0_2 = aie.mem(%tile_0_2) {
      %1 = aie.dma_start(S2MM, 0, ^bb1, ^bb2)
    ^bb1:  // 2 preds: ^bb0, ^bb1
      aie.use_lock(%0, Acquire, 0)
      aie.dma_bd(%b : memref<32xi32> offset = 0 len = 32)
      aie.use_lock(%0, Release, 1)
      aie.next_bd ^bb1
    ^bb2:  // pred: ^bb0
      aie.end
    }
  }
}
