// SPDX-License-Identifier: Apache-2.0
#include "lower/makefile.h"

#include <fmt/format.h>

#include <map>

namespace shiftwise::lower {
namespace {

constexpr const char* kHead = R"(#
# Builds final.xclbin and insts.bin for the NPU. Needs
#   MLIR_AIE_INSTALL_DIR   mlir-aie (aiecc.py, the aie_api headers{0})
#   PEANO_INSTALL_DIR      Peano, the compiler for the cores
# It has been tried with stand-ins for these tools only.

AIECC ?= aiecc.py
CXX_AIE ?= $(PEANO_INSTALL_DIR)/bin/clang++
AIE_API ?= $(MLIR_AIE_INSTALL_DIR)/include
{1}
CXXFLAGS_AIE ?= -O2 -std=c++20 --target={2}-none-unknown-elf -DNDEBUG -ffunction-sections -I$(AIE_API)

all: build/final.xclbin

build:
	mkdir -p $@

)";

constexpr const char* kTail = R"(
build/final.xclbin: design.mlir $(OBJECTS)
	cd build && $(AIECC) --no-xchesscc --no-xbridge --no-compile-host \
	  --aie-generate-xclbin --xclbin-name=final.xclbin \
	  --aie-generate-npu-insts --npu-insts-name=insts.bin ../design.mlir

clean:
	rm -rf build

.PHONY: all clean
)";

}  // namespace

std::string makefile(const Design& design, KernelAbi abi) {
  const bool own = abi == KernelAbi::kOwn;
  const char* target = design.device.starts_with("npu2") ? "aie2p" : "aie2";
  const std::string sources =
      own ? "KERNELS ?= kernels"
          : fmt::format("KERNELS ?= $(MLIR_AIE_INSTALL_DIR)/aie_kernels/{}", target);
  std::string text = fmt::format(kHead, own ? "" : ", the kernels", sources, target);
  std::map<std::string, const KernelUse*> objects;  // functions of one object share it
  for (const KernelUse& use : design.kernels) objects.emplace(use.object, &use);
  text += "OBJECTS =";
  for (const auto& [object, use] : objects) text += fmt::format(" build/{}", object);
  text += "\n";
  for (const auto& [object, use] : objects) {
    std::string defines;
    for (const std::string& define : use->defines) defines += fmt::format(" -D{}", define);
    text += fmt::format(
        "\nbuild/{}: $(KERNELS)/{} | build\n\t$(CXX_AIE) $(CXXFLAGS_AIE){} -c $< -o $@\n", object,
        use->source, defines);
  }
  return text + kTail;
}

}  // namespace shiftwise::lower
