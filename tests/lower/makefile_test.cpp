// SPDX-License-Identifier: Apache-2.0
// The Makefile runs, with stand-ins for the tools that write down what they are called with.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/file.h"
#include "lower/artifacts.h"
#include "shared/network_builder.h"

namespace shiftwise::lower {
namespace {

namespace fs = std::filesystem;
using qgraph::Element;

qgraph::QGraph two_sizes() {
  tests::NetworkBuilder net(1, {16, 4, 32}, Element::kUint8);
  const auto first = net.convolution(0, {.outputs = 32});
  net.convolution(first, {.outputs = 16, .kernel = 3, .padding = 1});
  net.convolution(2, {.outputs = 16});
  return net.graph();
}

class MakefileTest : public ::testing::Test {
 protected:
  MakefileTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "peano" / "bin");
    tool(folder_ / "aiecc.py", "touch final.xclbin insts.bin");
    tool(folder_ / "peano" / "bin" / "clang++", "touch \"${@: -1}\"");
  }
  ~MakefileTest() override { fs::remove_all(folder_); }

  void tool(const fs::path& path, const std::string& effect) const {
    std::ofstream(path) << "#!/bin/bash\necho \"$(basename $0) $*\" >> " << folder_.string()
                        << "/calls\n"
                        << effect << "\n";
    fs::permissions(path, fs::perms::owner_all);
  }

  void write(const Design& design, KernelAbi abi) const {
    const Banner banner{"shiftwise test", "net.pt", "shiftwise compile OUT"};
    for (const Artifact& file : artifacts(design, abi, banner)) {
      fs::create_directories((folder_ / file.path).parent_path());
      core::write_file(folder_ / file.path, file.bytes);
    }
  }

  std::string make() const {
    const std::string command =
        "make -s -C " + folder_.string() + " AIECC=" + (folder_ / "aiecc.py").string() +
        " PEANO_INSTALL_DIR=" + (folder_ / "peano").string() + " MLIR_AIE_INSTALL_DIR=/aie" +
        extra_ + " > " + (folder_ / "log").string() + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << read("log");
    return read("calls");
  }

  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  fs::path folder_ = fs::temp_directory_path() / ("shiftwise_makefile_" + std::to_string(getpid()));
  std::string extra_;
};

TEST_F(MakefileTest, CompilesEachKernelOnceThenTheDesign) {
  write(compile(two_sizes(), {.device = target::find_device("npu1")}), KernelAbi::kOwn);
  EXPECT_EQ(make(),
            "clang++ -O2 -std=c++20 --target=aie2-none-unknown-elf -DNDEBUG -ffunction-sections "
            "-I/aie/include -c "
            "kernels/conv1x1.cc -o build/conv1x1.o\n"
            "clang++ -O2 -std=c++20 --target=aie2-none-unknown-elf -DNDEBUG -ffunction-sections "
            "-I/aie/include "
            "-DSW_TAG=__1 -c kernels/conv1x1.cc -o build/conv1x1__1.o\n"
            "clang++ -O2 -std=c++20 --target=aie2-none-unknown-elf -DNDEBUG -ffunction-sections "
            "-I/aie/include -c "
            "kernels/conv3x3.cc -o build/conv3x3.o\n"
            "aiecc.py --no-xchesscc --no-xbridge --no-compile-host --aie-generate-xclbin "
            "--xclbin-name=final.xclbin --aie-generate-npu-insts --npu-insts-name=insts.bin "
            "../design.mlir\n");
}

TEST_F(MakefileTest, TakesMlirAiesKernelsFromWhereItIsInstalled) {
  tests::NetworkBuilder net(1, {16, 4, 32}, Element::kInt8);
  net.convolution(0, {.outputs = 32, .bias_range = 0});
  write(compile(net.graph(),
                {.device = target::find_device("npu2"), .kernel_abi = KernelAbi::kMlirAie}),
        KernelAbi::kMlirAie);
  const fs::path kernels = folder_ / "theirs";
  fs::create_directories(kernels);
  std::ofstream(kernels / "conv2dk1.cc") << "\n";
  extra_ = " KERNELS=" + kernels.string();
  EXPECT_EQ(make(),
            "clang++ -O2 -std=c++20 --target=aie2p-none-unknown-elf -DNDEBUG -ffunction-sections "
            "-I/aie/include "
            "-DINT8_ACT -c " +
                (kernels / "conv2dk1.cc").string() +
                " -o build/conv2dk1_i8.o\n"
                "aiecc.py --no-xchesscc --no-xbridge --no-compile-host --aie-generate-xclbin "
                "--xclbin-name=final.xclbin --aie-generate-npu-insts --npu-insts-name=insts.bin "
                "../design.mlir\n");
}

TEST(Artifacts, SayWhatMadeThemFromWhatAndHow) {
  const Design design = compile(two_sizes(), {.device = target::find_device("npu1")});
  const auto files =
      artifacts(design, KernelAbi::kOwn, {"shiftwise test", "net.pt", "shiftwise compile a\nb"});
  const auto text = [](const Artifact& file) {
    return std::string(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  };
  std::vector<std::string> names;
  for (const Artifact& file : files) names.push_back(file.path);
  EXPECT_EQ(names[0], "design.mlir");
  EXPECT_TRUE(
      text(files[0]).starts_with("// Made by shiftwise test; do not edit.\n"
                                 "//   from     net.pt\n"
                                 "//   command  shiftwise compile a b\n"
                                 "module {\n"));
  EXPECT_TRUE(text(files[3]).starts_with("# Made by shiftwise test; do not edit.\n"));
  EXPECT_NE(std::find(names.begin(), names.end(), "kernels/params.h"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "kernels/conv3x3.cc"), names.end());
  EXPECT_EQ(std::find(names.begin(), names.end(), "kernels/conv3x3_skip.cc"), names.end());
}

}  // namespace
}  // namespace shiftwise::lower
