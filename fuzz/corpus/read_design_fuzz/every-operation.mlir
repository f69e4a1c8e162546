// Every operation in the form of 2026, with and without its options, exactly as it is printed.
module {
  aie.device(npu1) @helper {
    aie.runtime_sequence @other(%arg0: memref<8xi32>) {
    }
  }
  aie.device(npu2_4col) @main {
    %tile_2_0 = aie.tile(2, 0)
    memref.global "private" constant @words : memref<4xi32> = dense<[1, 2, 3, 4]>
    func.func private @kernel(memref<64xi8>, memref<64xi8>, i32) attributes {link_with = "kernel.o"}
    %tile_0_0 = aie.tile(0, 0) {allocation_scheme = "bank-aware"}
    %tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %tile_1_2 = aie.tile(1, 2)
    %0 = aie.logical_tile<CoreTile>(?, ?)
    %1 = aie.logical_tile<MemTile>(3, ?)
    %2 = aie.buffer(%tile_0_2) : memref<16xi32>
    %table = aie.buffer(%tile_0_2) {address = 4096 : i32, mem_bank = 1 : i32, sym_name = "table"} : memref<2x2xi32> = dense<[[1, 2], [3, 4]]>
    %zeros = aie.buffer(%tile_0_2) {sym_name = "zeros"} : memref<64xui8> = dense<0>
    %big = aie.buffer(%tile_0_1) {sym_name = "big"} : memref<256xi32>
    %host = aie.external_buffer {sym_name = "host"} : memref<64xi32>
    %3 = aie.lock(%tile_0_2)
    %gate = aie.lock(%tile_0_2, 5) {init = 2 : i32, sym_name = "gate"}
    aie.flow(%tile_0_0, DMA : 0, %tile_0_2, DMA : 1)
    aie.flow(%tile_0_2, Core : 0, %tile_1_2, FIFO : 1)
    aie.packet_flow(3) {
      aie.packet_source<%tile_0_0, DMA : 1>
      aie.packet_dest<%tile_0_2, DMA : 0>
    } {keep_pkt_header = true}
    aie.packet_flow(4) {
      aie.packet_source<%tile_0_2, TileControl : 0>
      aie.packet_dest<%tile_0_0, South : 0>
      aie.end
    }
    aie.cascade_flow(%tile_0_2, %tile_1_2)
    aie.configure_cascade(%tile_0_2, West, East)
    aie.shim_dma_allocation @by_tile(%tile_0_0, MM2S, 1) {note = "kept"}
    aie.shim_dma_allocation @by_column(%tile_2_0, S2MM, 0)
    aie.objectfifo @in(%tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @full(%tile_0_1 dimensionsToStream [<size = 4, stride = 16>, <size = 16, stride = 1>], {%tile_0_2 dimensionsFromStream [<size = 8, stride = 8>, <size = 8, stride = 1>], %tile_1_2}, [2, 3, 4]) {aie_stream = 0 : i32, aie_stream_port = 1 : i32, disable_synchronization = true, iter_count = 5 : i32, padDimensions = #aie<bd_pad_layout_array[<const_pad_before = 1, const_pad_after = 2>]>, pad_value = 7 : i32, plio = false, repeat_count = 3 : i32, via_DMA = true, via_shared_mem = 1 : i32} : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @started(%tile_0_2, {%tile_1_2}, 2 : i32) : !aie.objectfifo<memref<2xi32>> = [dense<[1, 2]> : memref<2xi32>, dense<3> : memref<2xi32>]
    aie.objectfifo @a(%tile_0_2, {%tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @b(%tile_1_2, {%tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out(%tile_0_1, {%tile_0_0}, 2 : i32) {transport = #aie.transport<dma, packet = 3>} : !aie.objectfifo<memref<128xi8>>
    aie.objectfifo.link [@a, @b] -> [@out] ([0, 64] [])
    aie.objectfifo.link [@in] -> [@full] ()
    aie.objectfifo.link [@in] -> [@full] ([] [0]) {mode = #aie.link_mode<time>}
    aie.objectfifo.allocate @in(%tile_1_2)
    aie.objectfifo.register_external_buffers @in(%tile_0_0, {%host, %host}) : (memref<64xi32>, memref<64xi32>)
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c3_i32 = arith.constant 3 : i32
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %5:2 = aie.objectfifo.acquire @full(Consume, 2) : memref<64xi8>, memref<64xi8>
        %6 = aie.objectfifo.acquire @a(Produce, 1) : memref<64xi8>
        aie.objectfifo.acquire @started(Produce, 1)
        func.call @kernel(%5#0, %6, %c3_i32) : (memref<64xi8>, memref<64xi8>, i32) -> ()
        aie.objectfifo.release @full(Consume, 1)
        aie.objectfifo.release @a(Produce, 1)
      }
      aie.use_lock(%3, AcquireGreaterEqual, 1)
      aie.use_lock(%3, Acquire)
      aie.use_lock(%gate, Release, %c3_i32)
      aie.use_lock(%gate, Release, 2, NonBlocking)
      %4 = aie.get_cascade() : i512
      aie.put_cascade(%4 : i512)
      aie.event(0)
      aie.end
    } {dynamic_objfifo_lowering = true, link_files = ["kernel.o"], stack_size = 3328 : i32}
    %core_1_2 = aie.core(%tile_1_2) {
      aie.end
    } {elf_file = "core.elf", link_with = "other.o"}
    %mem_0_2 = aie.mem(%tile_0_2) {
      %4 = aie.dma_start(S2MM, 0, ^bb1, ^bb3)
    ^bb1:  // 2 preds: ^bb0, ^bb2
      aie.use_lock(%3, AcquireGreaterEqual, 1)
      aie.dma_bd_packet(2, 3)
      aie.dma_bd(%2 : memref<16xi32> offset = 0 len = 4) {bd_id = 0 : i32, next_bd_id = 1 : i32}
      aie.use_lock(%gate, Release, 1)
      aie.next_bd ^bb2
    ^bb2:  // pred: ^bb1
      aie.dma_bd(%2 : memref<16xi32>)
      aie.next_bd ^bb1
    ^bb3:  // pred: ^bb0
      %5 = aie.dma_start(MM2S, 1, ^bb4, ^bb5, repeat_count = 2) {pad_value = 1 : i32}
    ^bb4:  // 2 preds: ^bb3, ^bb4
      aie.dma_bd(%2 : memref<16xi32> len = 8) {burst_length = 64 : i32, packet = #aie.packet_info<pkt_type = 1, pkt_id = 5>}
      aie.next_bd ^bb4
    ^bb5:  // pred: ^bb3
      aie.end
    }
    %memtile_dma_0_1 = aie.memtile_dma(%tile_0_1) {
      %4 = aie.dma(S2MM, 0) {loop = false, repeat_count = 1 : i32}[{
        aie.use_lock(%3, AcquireGreaterEqual, 1)
        aie.dma_bd(%big : memref<256xi32> sizes = [4, 64] strides = [64, 1]) {iteration = #aie.bd_iteration<size = 4, stride = 64>}
      }, {
        aie.dma_bd(%big : memref<256xi32> offset = 2 len = 8 sizes = [2, 4] strides = [128, 1] pad [<const_pad_before = 1, const_pad_after = 0>, <const_pad_before = 0, const_pad_after = 2>] pad_value = 5)
        aie.use_lock(%3, Release, 1)
      }]
      aie.end
    }
    %shim_dma_0_0 = aie.shim_dma(%tile_0_0) {
      %4 = aie.dma_start(MM2S, 0, ^bb1, ^bb2)
    ^bb1:  // 2 preds: ^bb0, ^bb1
      aie.dma_bd(%host : memref<64xi32> offset = 0 len = 64 sizes = [64] strides = [1])
      aie.next_bd ^bb1
    ^bb2:  // pred: ^bb0
      aie.end
    }
    aie.bd_chain @chain(%arg0: memref<64xi8>) {
      aie.dma_bd(%arg0 : memref<64xi8> offset = 0 len = 64)
      aie.end
    }
    aie.runtime_sequence @sequence(%arg0: memref<64xi8>, %arg1: memref<128xi8>, %arg2: i32) {
      %c0_i32 = arith.constant 0 : i32
      %c1_i32 = arith.constant 1 : i32
      %c8_i64 = arith.constant 8 : i64
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<64xi8>
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, %c8_i64][1, 1, %c8_i64, 64][0, 0, 64, 1], packet = <pkt_type = 0, pkt_id = 3>) {burst_length = 64 : i64, id = 1 : i64, issue_token = true, metadata = @out} : memref<128xi8>
      aiex.npu.dma_wait {symbol = @out}
      aiex.npu.sync(%c0_i32, %c0_i32, %c1_i32, %c0_i32, %c1_i32, %c1_i32) : i32, i32, i32, i32, i32, i32
      aiex.npu.write32(%c0_i32, %arg2) {column = 0 : i32, row = 2 : i32} : i32, i32
      aiex.npu.write32(%c0_i32, %c1_i32) : i32, i32
      aiex.npu.maskwrite32(%c0_i32, %c1_i32, %c1_i32) : i32, i32, i32
      %4 = memref.get_global @words : memref<4xi32>
      aiex.npu.blockwrite(%4) {address = 118784 : ui32} : memref<4xi32>
      aiex.npu.rtp_write(@table, 1, 7)
      aiex.npu.rtp_write(@table, 2, %arg2) : i32
      aiex.npu.writebd {bd_id = 1 : i32, column = 0 : i32, row = 0 : i32}
      aiex.npu.address_patch(%c0_i32 : i32) {addr = 118788 : ui32, arg_idx = 1 : i32}
      aiex.npu.push_queue(0, 0, MM2S : 1) bd_id %c1_i32 repeat %c0_i32 {issue_token = true} : i32, i32
      aiex.npu.preempt {level = 1 : ui8}
      aiex.npu.load_pdi {device_ref = @helper}
      %5 = aiex.dma_configure_task(%tile_0_0, MM2S, 0) {
        aie.dma_bd(%arg0 : memref<64xi8> offset = 0 len = 64)
        aie.end
      }
      %6 = aiex.dma_configure_task(%tile_0_0, MM2S, 1, <pkt_type = 0, pkt_id = 1>) repeat %arg2 : i32 {
        aie.dma_bd(%arg0 : memref<64xi8> offset = %c1_i32 len = %c1_i32 sizes = [%arg2, 2] strides = [2, %c1_i32])
        aie.next_bd ^bb1
      ^bb1:  // pred: ^bb0
        aie.dma_bd(%arg0 : memref<64xi8>)
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%5)
      scf.for %arg3 = %c0 to %c4 step %c1 {
        %9 = aiex.dma_configure_task_for @out {
          aie.dma_bd(%arg1 : memref<128xi8> offset = 0 len = 128)
          aie.end
        } {issue_token = true, repeat_count = 2 : i32}
        aiex.dma_start_task(%9)
        aiex.dma_await_task(%9)
      }
      aiex.dma_free_task(%5)
      %7 = aiex.dma_start_bd_chain @chain(%arg0) : (memref<64xi8>) on(%tile_0_0, MM2S, 0)
      %8 = aiex.dma_start_bd_chain_for @chain(%arg0) : (memref<64xi8>) for @in {issue_token = true}
      aiex.set_lock(%gate, 3)
      aiex.dma_channel_reset_for(@in)
      aiex.configure @helper {
        aiex.run @other(%arg0) : (memref<64xi8>)
      }
    }
  }
}
