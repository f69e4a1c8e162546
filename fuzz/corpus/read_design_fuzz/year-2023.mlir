// Text of 2022 and 2023: FIFOs as values, channels in one word, buffers in angles.
AIE.device(ipu) {
  %t00 = AIE.tile(0, 0)
  %t02 = AIE.tile(0, 2)
  %t03 = AIE.tile(0, 3)
  %switch = AIE.switchbox(%t02) {
    AIE.connect<"West" : 0, "Core" : 1>
    %m = AIE.amsel<0> (1)
  }
  AIE.wire(%t02 : Core, %switch : Core)
  %b = AIE.buffer(%t02) {sym_name = "b"} : memref<32xi32>
  %l = AIE.lock(%t02, 3)
  %fifo = AIE.objectFifo.createObjectFifo(%t00, {%t02}, 2) {sym_name = "feed"} : !AIE.objectFifo<memref<8xi32>>
  %next = AIE.objectFifo.createObjectFifo(%t02, {%t03}, 2 : i32) {via_DMA = true, sym_name = "next"} : !AIE.objectFifo<memref<8xi32>>
  %last = AIE.objectFifo.createObjectFifo(%t03, {%t00}, 2) : !AIE.objectFifo<memref<8xi32>>
  AIE.objectFifo.link({%fifo}, {%next}) : ({!AIE.objectFifo<memref<8xi32>>}, {!AIE.objectFifo<memref<8xi32>>})
  AIE.shimDMAAllocation("feed_shim", MM2S, 0, 0)
  %core = AIE.core(%t02) {
    %s = AIE.objectFifo.acquire<Consume>(%fifo : !AIE.objectFifo<memref<8xi32>>, 1) : !AIE.objectFifoSubview<memref<8xi32>>
    %e = AIE.objectFifo.subview.access %s[0] : !AIE.objectFifoSubview<memref<8xi32>> -> memref<8xi32>
    AIE.objectFifo.release<Consume>(%fifo : !AIE.objectFifo<memref<8xi32>>, 1)
    AIE.end
  }
  %mem = AIE.mem(%t02) {
    %d = AIE.dmaStart("S2MM0", ^bd, ^end)
  ^bd:
    AIE.useLock(%l, "Acquire", 0)
    AIE.dmaBd(<%b : memref<32xi32>, 0, 32>, 0)
    AIE.useLock(%l, "Release", 1)
    AIE.nextBd ^bd
  ^end:
    AIE.end
  }
}
