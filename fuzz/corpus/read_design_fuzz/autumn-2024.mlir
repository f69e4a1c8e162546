// Operations in the form of 2024, exactly as they are printed with --dialect-era 2024.
module {
  aie.device(npu1_4col) {
    memref.global "public" @in : memref<64xi8>
    func.func private @kernel(memref<64xi8>, memref<64xi8>, i32)
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %tile_1_2 = aie.tile(1, 2)
    %plain = aie.buffer(%tile_0_2) {sym_name = "plain"} : memref<16xi32>
    %table = aie.buffer(%tile_0_2) {address = 4096 : i32, sym_name = "table"} : memref<2x2xi32> = dense<[[1, 2], [3, 4]]>
    %big = aie.buffer(%tile_0_1) {sym_name = "big"} : memref<256xi32>
    %gate = aie.lock(%tile_0_2, 5) {init = 2 : i32, sym_name = "gate"}
    %free = aie.lock(%tile_0_2) {sym_name = "free"}
    aie.flow(%tile_0_0, DMA : 0, %tile_0_2, DMA : 1)
    aie.packet_flow(3) {
      aie.packet_source<%tile_0_0, DMA : 1>
      aie.packet_dest<%tile_0_2, DMA : 0>
    } {keep_pkt_header = true}
    aie.cascade_flow(%tile_0_2, %tile_1_2)
    aie.shim_dma_allocation @in(MM2S, 0, 0)
    aie.shim_dma_allocation @far(S2MM, 1, 2)
    aie.objectfifo @first(%tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @second(%tile_0_1 dimensionsToStream [<size = 4, stride = 16>, <size = 16, stride = 1>], {%tile_0_2 dimensionsFromStream [<size = 8, stride = 8>, <size = 8, stride = 1>], %tile_1_2}, [2, 3, 4]) {repeat_count = 3 : i32, via_DMA = true} : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo.link [@first] -> [@second] ([] [])
    %core_0_2 = aie.core(%tile_0_2) {
      %c3_i32 = arith.constant 3 : i32
      %0 = aie.objectfifo.acquire @second(Consume, 3) : !aie.objectfifosubview<memref<64xi8>>
      %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
      %2 = aie.objectfifo.subview.access %0[2] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
      func.call @kernel(%1, %2, %c3_i32) : (memref<64xi8>, memref<64xi8>, i32) -> ()
      aie.objectfifo.release @second(Consume, 1)
      aie.use_lock(%gate, AcquireGreaterEqual, 1)
      aie.use_lock(%gate, Release, 1)
      aie.end
    } {link_with = "kernel.o", stack_size = 3328 : i32}
    %mem_0_2 = aie.mem(%tile_0_2) {
      %0 = aie.dma_start(S2MM, 0, ^bb1, ^bb3)
    ^bb1:  // 2 preds: ^bb0, ^bb2
      aie.use_lock(%free, AcquireGreaterEqual, 1)
      aie.dma_bd(%plain : memref<16xi32>, 0, 4) {bd_id = 0 : i32, next_bd_id = 1 : i32}
      aie.use_lock(%gate, Release, 1)
      aie.next_bd ^bb2
    ^bb2:  // pred: ^bb1
      aie.dma_bd(%plain : memref<16xi32>)
      aie.next_bd ^bb1
    ^bb3:  // pred: ^bb0
      %1 = aie.dma_start(MM2S, 1, ^bb4, ^bb5, repeat_count = 2)
    ^bb4:  // 2 preds: ^bb3, ^bb4
      aie.dma_bd(%plain : memref<16xi32>, 4)
      aie.next_bd ^bb4
    ^bb5:  // pred: ^bb3
      aie.end
    }
    %memtile_dma_0_1 = aie.memtile_dma(%tile_0_1) {
      %0 = aie.dma_start(MM2S, 0, ^bb1, ^bb2)
    ^bb1:  // 2 preds: ^bb0, ^bb1
      aie.dma_bd(%big : memref<256xi32>, 2, 8, [<size = 2, stride = 128>, <size = 4, stride = 1>], [<const_pad_before = 1, const_pad_after = 0>, <const_pad_before = 0, const_pad_after = 2>], pad_value = 5)
      aie.next_bd ^bb1
    ^bb2:  // pred: ^bb0
      aie.end
    }
    aiex.runtime_sequence @sequence(%arg0: memref<64xi8>, %arg1: memref<128xi8>) {
      aiex.npu.dma_memcpy_nd(0, 0, %arg0[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @first} : memref<64xi8>
      aiex.npu.dma_memcpy_nd(0, 0, %arg1[0, 0, 0, 8][1, 1, 8, 8][0, 0, 8, 1], packet = <pkt_type = 0, pkt_id = 3>) {id = 1 : i64, issue_token = true, metadata = @far} : memref<128xi8>
      aiex.npu.rtp_write(@table, 1, 7)
      aiex.npu.write32 {address = 119308 : ui32, column = 0 : i32, row = 0 : i32, value = 2147483663 : ui32}
      aiex.npu.maskwrite32 {address = 119304 : ui32, mask = 7936 : ui32, value = 3840 : ui32}
      aiex.npu.address_patch {addr = 118788 : ui32, arg_idx = 1 : i32, arg_plus = 8 : i32}
      aiex.npu.push_queue(0, 0, MM2S : 1) {bd_id = 1 : i32, issue_token = true, repeat_count = 2 : i32}
      aiex.npu.sync {channel = 0 : i32, column = 0 : i32, column_num = 1 : i32, direction = 0 : i32, row = 0 : i32, row_num = 1 : i32}
      %0 = aiex.dma_configure_task_for @far {
        aie.dma_bd(%arg1 : memref<128xi8>, 0, 128, [<size = 2, stride = 64>, <size = 64, stride = 1>])
        aie.end
      } {issue_token = true, repeat_count = 2 : i32}
      aiex.dma_start_task(%0)
      aiex.dma_await_task(%0)
      aiex.npu.dma_wait {symbol = @far}
    }
  }
}
