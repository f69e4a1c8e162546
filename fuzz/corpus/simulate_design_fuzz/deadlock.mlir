module {
  aie.device(npu1_1col) {
    %shim = aie.tile(0, 0)
    %core = aie.tile(0, 2)
    aie.objectfifo @in(%shim, {%core}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out(%core, {%shim}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    func.func private @plus_one(memref<64xi8>, memref<64xi8>)
    %c = aie.core(%core) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %ever = arith.constant 0xFFFFFFFF : index
      scf.for %i = %c0 to %ever step %c1 {
        %a = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<64xi8>>
        %x = aie.objectfifo.subview.access %a[0] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
        %b = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<64xi8>>
        %y = aie.objectfifo.subview.access %b[0] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
        func.call @plus_one(%x, %y) : (memref<64xi8>, memref<64xi8>) -> ()
        aie.objectfifo.release @in(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    } {link_with = "plus_one.o"}
    aiex.runtime_sequence @run(%a : memref<1024xi8>, %b : memref<2048xi8>) {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 1024][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<1024xi8>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 2048][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<2048xi8>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
