// SPDX-License-Identifier: Apache-2.0
aie.device(npu1) {
  %a = aie.tile(0, 2)
  %b = aie.tile(0, 3)
  aie.cascade_flow(%b, %a)
  %core = aie.core(%b) {
    %x = arith.constant dense<1> : vector<32xi32>
    aie.put_cascade(%x : vector<32xi32>)
    aie.end
  }
}
// expected:
// the design needs something that is not executed here
//   where: cascade_of_too_much.mlir:8:5, aie.put_cascade
//   why:   a value that a cascade does not carry at once
//   try:   cascades carry 512 bits: vector<16xi32>, say
