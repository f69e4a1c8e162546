// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %t = aie.tile(0, 2)
  %big = aie.buffer(%t) {sym_name = "big"} : memref<40000xi8>
  %bigger = aie.buffer(%t) {sym_name = "bigger"} : memref<25000xi8>
  %c = aie.core(%t) {
    aie.end
  }
}
// expected:
// the design does not fit the device
//   where: buffers_overflow_a_tile.mlir:6:8, compute tile (0, 2)
//   why:   66024 bytes are needed, 65536 are there: stack 1024, big 40000, bigger 25000
//   try:   use smaller or fewer objects, or move some to another tile
