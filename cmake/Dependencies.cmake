# SPDX-License-Identifier: Apache-2.0
# Every outside library, each a Debian package (scripts/setup installs them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(TBB REQUIRED)
find_package(LibArchive REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(GTest REQUIRED)
if(SHIFTWISE_BENCH)
  find_package(benchmark REQUIRED)
endif()

# oneDNN's own package file insists on OpenCL headers that nothing here needs, so the library
# is found by hand.
find_path(DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(dnnl::dnnl UNKNOWN IMPORTED)
set_target_properties(dnnl::dnnl PROPERTIES
  IMPORTED_LOCATION "${DNNL_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${DNNL_INCLUDE_DIR}")

# Found where Debian puts it. The version file compares major and minor; naming a patch would
# refuse older ones. Never compile with -fvisibility=hidden against the shared library: traits
# are then not recognized at run time.
if(SHIFTWISE_NPU)
  find_package(MLIR 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19)
endif()
