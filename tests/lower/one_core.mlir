module {
  aie.device(npu1_1col) {
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %conv2d1_params = aie.buffer(%tile_0_2) {sym_name = "conv2d1_params"} : memref<32xi32> = dense<[1, 8, 8, 8, 1, 8, 8, 8, 1, 2, 0, 1, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>
    aie.objectfifo @input(%tile_0_0, {%tile_0_2}, [2, 2]) : !aie.objectfifo<memref<128xui8>>
    aie.objectfifo @conv2d1_block_weights(%tile_0_0, {%tile_0_1}, [1, 1]) : !aie.objectfifo<memref<160xi8>>
    aie.objectfifo @conv2d1_weights(%tile_0_1, {%tile_0_2}, [1, 1]) : !aie.objectfifo<memref<160xi8>>
    aie.objectfifo @output(%tile_0_2, {%tile_0_0}, [2, 1]) : !aie.objectfifo<memref<64xui8>>
    aie.objectfifo.link [@conv2d1_block_weights] -> [@conv2d1_weights] ([] [])
    func.func private @sw_conv1x1_u8_u8(memref<128xui8>, memref<128xui8>, memref<160xi8>, memref<64xui8>, memref<32xi32>) attributes {link_with = "conv1x1.o"}
    // conv2d1
    aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c4294967295 = arith.constant 4294967295 : index
      scf.for %i0 = %c0 to %c4294967295 step %c1 {
        %held1 = aie.objectfifo.acquire @conv2d1_weights(Consume, 1) : !aie.objectfifosubview<memref<160xi8>>
        %row2 = aie.objectfifo.subview.access %held1[0] : !aie.objectfifosubview<memref<160xi8>> -> memref<160xi8>
        scf.for %i3 = %c0 to %c4 step %c1 {
          %held4 = aie.objectfifo.acquire @input(Consume, 1) : !aie.objectfifosubview<memref<128xui8>>
          %row5 = aie.objectfifo.subview.access %held4[0] : !aie.objectfifosubview<memref<128xui8>> -> memref<128xui8>
          %held6 = aie.objectfifo.acquire @output(Produce, 1) : !aie.objectfifosubview<memref<64xui8>>
          %row7 = aie.objectfifo.subview.access %held6[0] : !aie.objectfifosubview<memref<64xui8>> -> memref<64xui8>
          func.call @sw_conv1x1_u8_u8(%row5, %row5, %row2, %row7, %conv2d1_params) : (memref<128xui8>, memref<128xui8>, memref<160xi8>, memref<64xui8>, memref<32xi32>) -> ()
          aie.objectfifo.release @output(Produce, 1)
          aie.objectfifo.release @input(Consume, 1)
        }
        aie.objectfifo.release @conv2d1_weights(Consume, 1)
      }
      aie.end
    }
    aie.runtime_sequence @sequence(%input : memref<128xi32>, %weights : memref<40xi32>, %output : memref<64xi32>) {
      aiex.npu.rtp_write(@conv2d1_params, 15, 8)
      aiex.npu.dma_memcpy_nd(%weights[0, 0, 0, 0][1, 1, 1, 40][0, 0, 0, 1]) {id = 0 : i64, metadata = @conv2d1_block_weights} : memref<40xi32>
      aiex.npu.dma_memcpy_nd(%output[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @output} : memref<64xi32>
      aiex.npu.dma_memcpy_nd(%input[0, 0, 0, 0][1, 1, 1, 128][0, 0, 0, 1]) {id = 2 : i64, metadata = @input} : memref<128xi32>
      aiex.npu.dma_wait {symbol = @output}
    }
  }
}
