// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %shim = aie.tile(0, 0)
  %mem = aie.tile(0, 1)
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  func.func private @work(memref<16xui8>)
  aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
  %core = aie.core(%a) {
    %v = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<16xi32>>
    %e = aie.objectfifo.subview.access %v[0] : !aie.objectfifosubview<memref<16xi32>> -> memref<16xi32>
    func.call @work(%e) : (memref<16xi32>) -> ()
    aie.end
  }
}
// expected:
// cannot read kernel_of_another_signature.mlir
//   where: kernel_of_another_signature.mlir:12:5: func.call @work(%e) : (memref<16xi32>) -> ()
//   why:   'func.call' op operand type mismatch: expected operand type 'memref<16xui8>', but provided 'memref<16xi32>' for operand number 0
//   try:   docs/dialect.md lists the forms that are understood
