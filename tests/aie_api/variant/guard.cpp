// SPDX-License-Identifier: Apache-2.0
// Ends the test program as skipped, before anything that was compiled for more than this
// machine has runs.
#include <string.h>
#include <unistd.h>

__attribute__((constructor(101), target("no-avx,no-avx2,no-avx512f"))) static void leave() {
  __builtin_cpu_init();
  bool runs = __builtin_cpu_supports("avx2") != 0;
  if (strcmp(SHIFTWISE_VARIANT, "avx512vnni") == 0) {
    runs = runs && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
           __builtin_cpu_supports("avx512vnni") != 0;
  }
  if (!runs) _exit(77);
}
