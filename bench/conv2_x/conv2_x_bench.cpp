// SPDX-License-Identifier: Apache-2.0
// The task: the first stage of ResNet-50 for CIFAR (three bottlenecks, 64 x 32 x 32 codes in,
// 256 x 32 x 32 out), codes to codes.
#include "shared/compare.h"

int main(int argc, char** argv) {
  return shiftwise::bench::compare_main(argc, argv, "conv2_x", shiftwise::bench::conv2_x);
}
