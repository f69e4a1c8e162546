// SPDX-License-Identifier: Apache-2.0
// Channel groups that a neighbour made, put to their place in an object. Arguments: params.h.
#include "tile.h"

namespace sw {

/// `bytes` and the addresses are multiples of 8: whole pixels.
template <typename T>
SW_INLINE void run_copy(const T* from, T* to, int bytes) {
  constexpr int kVector = 32;
  int done = 0;
  const int vectors = bytes / kVector;
  if (vectors > 0 && reinterpret_cast<uintptr_t>(from) % kVector == 0 &&
      reinterpret_cast<uintptr_t>(to) % kVector == 0) {
    SW_AT_LEAST_ONCE
    for (int i = 0; i < vectors; ++i) {
      aie::store_v(to + kVector * i, aie::load_v<kVector>(from + kVector * i));
    }
    done = kVector * vectors;
  }
  for (; done < bytes; done += 8) {
    __builtin_memcpy(__builtin_assume_aligned(to + done, 8),
                     __builtin_assume_aligned(from + done, 8), 8);
  }
}

}  // namespace sw

#define SW_COPY(y, Y)                                                                        \
  extern "C" void SW_SYMBOL(sw_copy_##y)(const Y* part, Y* out, int32 offset, int32 bytes) { \
    sw::run_copy(part, out + offset, bytes);                                                 \
  }

SW_COPY(u8, uint8)
SW_COPY(i8, int8)
