// SPDX-License-Identifier: Apache-2.0
// The task: the whole ResNet-50 for CIFAR in integers, codes to logits.
#include "shared/compare.h"

int main(int argc, char** argv) {
  return shiftwise::bench::compare_main(argc, argv, "whole network",
                                        shiftwise::bench::whole_network);
}
