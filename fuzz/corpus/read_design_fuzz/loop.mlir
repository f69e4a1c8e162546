module {
  aie.device(npu1_1col) {
    func.func private @k(memref<4xi32>, i32)
    %s = aie.tile(0, 0)
    %c = aie.tile(0, 2)
    aie.objectfifo @f(%s, {%c}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.core(%c) {
      %0 = arith.constant 0 : index
      %1 = arith.constant 1 : index
      %n = arith.constant 4 : index
      %v = scf.for %i = %0 to %n step %1 iter_args(%a = %0) -> (index) {
        %e = aie.objectfifo.acquire @f(Consume, 1) : memref<4xi32>
        %w = memref.load %e[%0] : memref<4xi32>
        func.call @k(%e, %w) : (memref<4xi32>, i32) -> ()
        aie.objectfifo.release @f(Consume, 1)
        %b = arith.addi %a, %1 : index
        scf.yield %b : index
      }
      aie.end
    } {link_with = "k.o"}
    aie.runtime_sequence(%x: memref<16xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 4, 4][0, 0, 4, 1]) {id = 0 : i64, metadata = @f, issue_token = true} : memref<16xi32>
      aiex.npu.dma_wait {symbol = @f}
    }
  }
}
