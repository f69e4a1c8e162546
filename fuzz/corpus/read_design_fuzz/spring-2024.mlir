// Text of early 2024: ipu, a function as the sequence, three strides, fromStream, old keys.
module @small {
  AIE.device(ipu) {
    memref.global "public" @companion : memref<64xi32>
    func.func private @scale(memref<16xi32>, memref<16xi32>)
    %t00 = AIE.tile(0, 0)
    %t01 = AIE.tile(0, 1)
    %t02 = AIE.tile(0, 2)
    AIE.objectFifo @in (%t00, {%t02 fromStream [<4, 4>, <wrap = 4, step = 1>]}, 2 : i32) : !AIE.objectFifo<memref<16xi32>>
    AIE.objectFifo @out(%t02 toStream [], %t01, 2: i32) {memtile_repeat = 2 : i32, padValue = 3} : !AIE.objectFifo<memref<16xi32>>
    aie.objectfifo.link[@in]-> [@out] ()
    %gate = AIE.lock(%t02, 0)
    %core = AIE.core(%t02) {
      %s = AIE.objectFifo.acquire @in (Consume, 1) : !AIE.objectFifoSubview<memref<16xi32>>
      %e = AIE.objectFifo.subview.access %s[0] : !AIE.objectFifoSubview<memref<16xi32>> -> memref<16xi32>
      func.call @scale(%e, %e) : (memref<16xi32>, memref<16xi32>) -> ()
      AIE.objectFifo.release @in (Consume, 1)
      AIE.useLock(%gate, "Acquire", 1)
      AIE.end
    } {link_with = "scale.o", stackSize = 2048 : i32}
    func.func @sequence(%a : memref<64xi32>, %b : memref<64xi32>) {
      %c0 = arith.constant 0 : i64
      AIEX.ipu.rtp_write(0, 2, 1, 5) {buffer_sym_name = "table"}
      AIEX.ipu.dma_memcpy_nd (0, 0, %a[%c0, 0, 0, 0][1, 1, 4, 16][0, 0, 16]) {metadata = @in, id = 0 : i32} : memref<64xi32>
      AIEX.ipu.sync {channel = 0 : i32, column = 0 : i32, column_num = 1 : i32, direction = 0 : i32, row = 0 : i32, row_num = 1 : i32}
      return
    }
  }
}
