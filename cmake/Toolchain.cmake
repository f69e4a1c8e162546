# SPDX-License-Identifier: Apache-2.0
# Flags that every target shares.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor
                    # GCC 12 is wrong about it in inlined JSON iterators.
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Fused multiply-add changes float32 results; the seed preset promises Brevitas' exact bits
# (docs/numerics.md, section on the seed preset), so contraction is off everywhere.
add_compile_options(-ffp-contract=off)

if(SHIFTWISE_SANITIZE)
  add_compile_options(-fsanitize=${SHIFTWISE_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SHIFTWISE_SANITIZE})
endif()

find_program(SHIFTWISE_CCACHE ccache)
if(SHIFTWISE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SHIFTWISE_CCACHE})
endif()
