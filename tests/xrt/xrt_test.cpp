// SPDX-License-Identifier: Apache-2.0
// The NPU's code against a mock of XRT: what it loads, what it passes on, what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "backend/compare.h"
#include "core/diagnostic.h"
#include "core/file.h"
#include "core/parallel.h"
#include "cpu/cpu.h"
#include "offload/simulated.h"
#include "shared/shape_categories.h"
#include "xrt/backend.h"
#include "xrt/device.h"
#include "xrt/mock/hardware.h"

namespace shiftwise::xrt {
namespace {

using testing::HasSubstr;

class Npu : public testing::Test {
 protected:
  Npu() : folder_(testing::TempDir() + "xrt_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
    mock::hardware() = {};
    core::write_file(folder_ / "a.xclbin", std::string_view("binary"));
    core::write_file(folder_ / "insts.bin", std::string_view("12345678"));
  }
  ~Npu() override { std::filesystem::remove_all(folder_); }

  Binary binary() const {
    return {.xclbin = folder_ / "a.xclbin",
            .instructions = folder_ / "insts.bin",
            .argument_bytes = {4, 2, 4}};
  }

  template <typename Call>
  static std::string refusal(Call call) {
    try {
      call();
    } catch (const core::Error& error) {
      EXPECT_EQ(error.diagnostic().fault, core::Fault::kData);
      return error.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
  }

  std::string run_refusal() const {
    const auto device = open_device(binary());
    std::vector<std::byte> a(4);
    std::vector<std::byte> b(2);
    std::vector<std::byte> c(4);
    const std::span<std::byte> arguments[] = {a, b, c};
    return refusal([&] { device->run(arguments); });
  }

  std::filesystem::path folder_;
};

TEST_F(Npu, GetsTheInstructionsTheirCountAndEveryBuffer) {
  mock::hardware().run = [](const std::string& xclbin,
                            std::span<const std::span<std::byte>> buffers) {
    EXPECT_THAT(xclbin, HasSubstr("a.xclbin"));
    ASSERT_EQ(buffers.size(), 3U);
    for (std::size_t i = 0; i < 4; ++i) buffers[2][i] = buffers[0][i] ^ buffers[1][i % 2];
  };
  const auto device = open_device(binary());
  std::vector<std::byte> in{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  std::vector<std::byte> weights{std::byte{16}, std::byte{32}};
  std::vector<std::byte> out(4);
  const std::span<std::byte> arguments[] = {in, weights, out};
  device->run(arguments);
  EXPECT_EQ(out,
            (std::vector<std::byte>{std::byte{17}, std::byte{34}, std::byte{19}, std::byte{36}}));
  EXPECT_EQ(mock::hardware().opcode, 3U);
  EXPECT_EQ(mock::hardware().instruction_words, 2U);
  ASSERT_EQ(mock::hardware().instructions.size(), 8U);
  EXPECT_EQ(mock::hardware().instructions[0], std::byte{'1'});
}

TEST_F(Npu, ThatDoesNotAnswerIsNotWaitedForForEver) {
  mock::hardware().answers = false;
  EXPECT_THAT(run_refusal(), HasSubstr("no answer within 10000 ms"));
}

TEST_F(Npu, ThatFailsIsNamedWithItsState) {
  mock::hardware().aborts = true;
  EXPECT_THAT(run_refusal(), HasSubstr("command state 5"));
}

TEST_F(Npu, ThatIsMissingIsNamedWithXrtsReason) {
  EXPECT_EQ(unavailable(), "");
  mock::hardware().present = false;
  EXPECT_THAT(unavailable(), HasSubstr("no device with index 0"));
  EXPECT_THAT(refusal([&] { open_device(binary()); }), HasSubstr("no device with index 0"));
}

TEST_F(Npu, RefusesABinaryWithoutTheKernel) {
  mock::hardware().kernel = "DPU";
  EXPECT_THAT(refusal([&] { open_device(binary()); }),
              HasSubstr("no kernel whose name begins with MLIR_AIE"));
}

TEST_F(Npu, RefusesInstructionsThatAreNoWords) {
  core::write_file(folder_ / "insts.bin", std::string_view("12345"));
  EXPECT_THAT(refusal([&] { open_device(binary()); }),
              HasSubstr("5 bytes are no whole number of 32-bit words"));
}

TEST_F(Npu, RefusesAnXclbinThatIsNotThere) {
  Binary missing = binary();
  missing.xclbin = folder_ / "b.xclbin";
  EXPECT_THAT(refusal([&] { open_device(missing); }), HasSubstr("b.xclbin"));
}

/// A network that the array holds whole, its design, and a folder as the tool chain leaves it.
class NpuBackend : public Npu {
 protected:
  NpuBackend() {
    tests::NetworkBuilder net(11, {16, 6, 8}, qgraph::Element::kUint8);
    const auto reduced = net.convolution(0, {.outputs = 16, .shift = 10});
    const auto middle =
        net.convolution(reduced, {.outputs = 16, .kernel = 3, .padding = 1, .shift = 10});
    net.sum(net.convolution(middle, {.outputs = 16, .element = qgraph::Element::kInt32}), 0, 10);
    graph_ = net.graph();
    const lower::Design design = lower::split(graph_, options_).design;
    core::write_file(folder_ / "design.mlir", "// made by a test\n" + design.text);
    std::filesystem::create_directories((folder_ / kXclbin).parent_path());
    core::write_file(folder_ / kXclbin, std::string_view("binary"));
    core::write_file(folder_ / kInstructions, std::string_view("1234"));
    mock::hardware().run = [this, design](const std::string&,
                                          std::span<const std::span<std::byte>> buffers) {
      offload::simulated_device(design, options_.device)->run(buffers);
    };
    core::set_thread_limit(1);
  }
  ~NpuBackend() override { core::set_thread_limit(0); }

  backend::Backend npu(const lower::Options& options) const {
    return xrt_backend(options, folder_, cpu::cpu_backend());
  }

  lower::Options options_{.device = target::find_device("npu1"), .images = 2};
  qgraph::QGraph graph_;
};

TEST_F(NpuBackend, IsExactWhereTheHardwareIsTheSimulator) {
  const auto executor = npu(options_).make(graph_);
  const auto reference = backend::reference_backend().make(graph_);
  const auto input = tests::make_input(graph_.input_type(), 5, tests::Fill::kRandom, 1);
  const backend::Comparison found =
      backend::compare({graph_, *reference}, {graph_, *executor}, input, 5);
  EXPECT_TRUE(found.equal()) << (found.first ? found.first->text() : "");
}

TEST_F(NpuBackend, SaysWhatIsNotBuilt) {
  std::filesystem::remove(folder_ / kXclbin);
  const std::string message = refusal([&] { npu(options_).make(graph_); });
  EXPECT_THAT(message, HasSubstr("the design is not built for the NPU"));
  EXPECT_THAT(message, HasSubstr("shiftwise compile"));
}

TEST_F(NpuBackend, RefusesWhatWasBuiltFromAnotherDesign) {
  lower::Options other = options_;
  other.images = 3;
  EXPECT_THAT(refusal([&] { npu(other).make(graph_); }),
              HasSubstr("what is built there is another design"));
}

}  // namespace
}  // namespace shiftwise::xrt
