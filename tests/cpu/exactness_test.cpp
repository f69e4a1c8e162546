// SPDX-License-Identifier: Apache-2.0
// Every kernel path equals the reference executor, byte for byte.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "backend/compare.h"
#include "core/diagnostic.h"
#include "core/parallel.h"
#include "cpu/cpu.h"
#include "shared/shape_categories.h"

namespace shiftwise::cpu {

/// How GoogleTest names a path.
void PrintTo(const KernelPath& path, std::ostream* out) { *out << path.name; }

namespace {

/// One test per path, so that a path that cannot run here is listed as skipped by its name.
class EveryPath : public testing::TestWithParam<KernelPath> {
 protected:
  void SetUp() override {
    if (!GetParam().runs_here) {
      GTEST_SKIP() << "kernel path " << GetParam().name << " needs " << GetParam().needs;
    }
  }
  void TearDown() override { core::set_thread_limit(0); }

  /// Node by node, and the output of an unobserved run.
  static void expect_reference(const std::string& name, const qgraph::QGraph& graph,
                               tests::Fill fill, int images) {
    SCOPED_TRACE(name);
    const auto reference = backend::reference_backend().make(graph);
    const auto executor = make_executor(graph, GetParam().name);
    const auto input = tests::make_input(graph.input_type(), images, fill, 1);
    const backend::Comparison comparison =
        backend::compare({graph, *reference}, {graph, *executor}, input, images);
    EXPECT_TRUE(comparison.equal()) << comparison.first.value_or(backend::Difference{}).text();
  }
};

std::string path_name(const testing::TestParamInfo<KernelPath>& info) {
  std::string name = info.param.name;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cpu, EveryPath, testing::ValuesIn(kernel_paths()), path_name);

TEST_P(EveryPath, EqualsTheReferenceOnEveryShapeCategory) {
  for (const tests::Case& c : tests::shape_categories()) {
    ASSERT_NO_THROW(qgraph::verify(c.graph)) << c.name;
    expect_reference(c.name, c.graph, c.fill, 2);
  }
}

TEST_P(EveryPath, EqualsTheReferenceOnRandomNetworks) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const qgraph::QGraph graph = tests::random_network(seed);
    ASSERT_NO_THROW(qgraph::verify(graph)) << seed;
    expect_reference("random network " + std::to_string(seed), graph, tests::Fill::kRandom, 2);
  }
}

TEST_P(EveryPath, EqualsTheReferenceUnderEveryWindowThatPaddingCuts) {
  for (const auto element : {qgraph::Element::kUint8, qgraph::Element::kInt8}) {
    for (const auto& [kernel, padding] : {std::pair{2, 1}, {3, 1}, {3, 2}, {5, 2}, {7, 3}}) {
      for (const int stride : {1, 2, 3}) {
        for (const auto& [height, width] : {std::pair{1, 1}, {2, 3}, {4, 4}, {5, 2}, {3, 17}}) {
          if (height + 2 * padding < kernel || width + 2 * padding < kernel) continue;
          const qgraph::QGraph graph = tests::cases::one(
              {16, height, width}, element,
              {.outputs = 48, .kernel = kernel, .stride = stride, .padding = padding, .shift = 12});
          expect_reference(
              fmt::format("{} {}x{} by {} padded {} stride {}", qgraph::to_string(element), height,
                          width, kernel, padding, stride),
              graph, tests::Fill::kRandom, 1);
        }
      }
    }
  }
}

/// Large 3x3 convolutions, which a path may compute with fewer multiplications.
TEST_P(EveryPath, EqualsTheReferenceOnLargeWindowsOfExtremeValues) {
  using qgraph::Element;
  struct Values {
    const char* name;
    int low, high;
    tests::Fill fill;
  };
  const Values values[] = {
      {"random", -128, 127, tests::Fill::kRandom},
      {"random small weights", -30, 30, tests::Fill::kRandom},
      {"all weights -128, all inputs 255", -128, -128, tests::Fill::kHighest},
      {"all weights 127, all inputs 255", 127, 127, tests::Fill::kHighest},
  };
  const auto check = [](const Values& v, int channels, int outputs, int height, int width,
                        int shift, Element out) {
    const qgraph::QGraph graph = tests::cases::one({channels, height, width}, Element::kUint8,
                                                   {.outputs = outputs,
                                                    .kernel = 3,
                                                    .padding = 1,
                                                    .shift = shift,
                                                    .element = out,
                                                    .weight_low = v.low,
                                                    .weight_high = v.high});
    expect_reference(fmt::format("{}, {} -> {}, {}x{}, shift {}", v.name, channels, outputs, height,
                                 width, shift),
                     graph, v.fill, 1);
  };
  for (const Values& v : values) {
    check(v, 64, 64, 16, 16, 0, Element::kInt8);
    check(v, 64, 64, 16, 16, 1, Element::kUint8);
    check(v, 64, 64, 16, 16, 13, Element::kInt8);
    check(v, 64, 64, 17, 19, 15, Element::kUint8);
    check(v, 64, 64, 16, 16, 25, Element::kUint8);
  }
  check(values[1], 64, 128, 19, 17, 14, Element::kUint8);
  check(values[1], 128, 128, 18, 23, 14, Element::kUint8);
  check(values[0], 128, 64, 16, 16, 15, Element::kUint8);
  check(values[1], 192, 64, 16, 18, 15, Element::kUint8);
}

/// 1x1 convolutions with few inputs end many sums: the kernels order their outputs in their own
/// way.
TEST_P(EveryPath, EqualsTheReferenceOnShortSumsOfEveryEnd) {
  using qgraph::Element;
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    for (const int channels : {64, 112, 208}) {
      for (const int width : {1, 2, 3, 7, 13}) {
        for (const int lead : {-3, 0, 9, 14, 15}) {
          const std::string name = fmt::format("{}, {} channels, width {}, exponents {} apart",
                                               qgraph::to_string(in), channels, width, lead);
          tests::NetworkBuilder codes(1, {channels, 2, width}, in);
          const auto code = codes.convolution(0, {.outputs = channels, .shift = 11});
          codes.sum(codes.convolution(code, {.outputs = channels,
                                             .shift = 11,
                                             .element = Element::kInt8,
                                             .weight_exponent = -11 + std::min(lead, 9)}),
                    code, 2);
          expect_reference("published, " + name, codes.graph(), tests::Fill::kRandom, 1);

          tests::NetworkBuilder wide(2, {channels, 2, width}, in);
          const auto sums = wide.convolution(
              0, {.outputs = channels, .element = Element::kInt32, .weight_exponent = -lead});
          const auto sum = wide.sum(sums, 0, lead + 2);
          const auto thin = wide.convolution(sum, {.outputs = 4, .shift = 14});
          wide.sum(wide.convolution(thin, {.outputs = channels,
                                           .element = Element::kInt32,
                                           .weight_low = -40,
                                           .weight_high = 40}),
                   wide.convolution(0, {.outputs = channels,
                                        .element = Element::kInt32,
                                        .weight_exponent = wide.type(thin).exponent.value + 3}),
                   12);
          expect_reference("wide, " + name, wide.graph(), tests::Fill::kRandom, 1);
        }
      }
    }
  }
}

TEST_P(EveryPath, GivesTheSameBytesForAnyThreadCountAndBatch) {
  const qgraph::QGraph graph = tests::random_network(5);
  constexpr int kImages = 37;
  const auto input = tests::make_input(graph.input_type(), kImages, tests::Fill::kRandom, 2);
  const std::size_t in = input.size() / kImages;
  const std::size_t out = static_cast<std::size_t>(graph.output_type().shape.elements()) *
                          (graph.output_type().element == qgraph::Element::kInt32 ? 4 : 1);
  std::vector<std::byte> expected(out * kImages);
  backend::reference_backend().make(graph)->run(input, kImages, expected);
  const auto executor = make_executor(graph, GetParam().name);
  for (const int threads : {1, 2, 3}) {
    core::set_thread_limit(threads);
    for (const int images : {1, 2, 5, kImages}) {
      std::vector<std::byte> got(out * static_cast<std::size_t>(images));
      executor->run(std::span(input).first(in * static_cast<std::size_t>(images)), images, got);
      EXPECT_TRUE(std::equal(got.begin(), got.end(), expected.begin()))
          << threads << " threads, " << images << " images";
    }
  }
}

TEST_P(EveryPath, IsTheOneThatRanWhenForced) {
  const qgraph::QGraph graph = tests::random_network(1);
  ASSERT_EQ(setenv("SHIFTWISE_KERNEL", GetParam().name.c_str(), 1), 0);
  const auto executor = cpu_backend().make(graph);
  unsetenv("SHIFTWISE_KERNEL");
  EXPECT_NE(executor->describe().find("kernels " + GetParam().name + ","), std::string::npos)
      << executor->describe();
  EXPECT_GT(executor->memory_bytes(), 0U);
}

TEST(KernelPaths, RefuseAnUnknownNameListingWhatRunsHere) {
  ASSERT_EQ(setenv("SHIFTWISE_KERNEL", "mmx", 1), 0);
  try {
    selected_path();
    ADD_FAILURE() << "no error";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().fault, core::Fault::kUsage);
    EXPECT_EQ(error.diagnostic().what, "cannot use the kernels 'mmx'");
    EXPECT_EQ(error.diagnostic().where, "environment variable SHIFTWISE_KERNEL");
    EXPECT_EQ(error.diagnostic().hint.find("what runs here: portable"), 0U);
  }
  unsetenv("SHIFTWISE_KERNEL");
}

TEST(KernelPaths, SelectTheFastestThatRunsHere) {
  unsetenv("SHIFTWISE_KERNEL");
  std::string fastest;
  for (const KernelPath& path : kernel_paths()) {
    if (path.runs_here) fastest = path.name;
  }
  EXPECT_EQ(selected_path(), fastest);
}

TEST(CpuBackend, RefusesABufferOfTheWrongSize) {
  const qgraph::QGraph graph = tests::random_network(1);
  const auto executor = cpu_backend().make(graph);
  std::vector<std::byte> bytes(1);
  EXPECT_THROW(executor->run(bytes, 1, bytes), core::Error);
}

TEST(CpuBackend, RefusesAnImageThatItsOffsetsCannotReachNamingTheLayer) {
  tests::NetworkBuilder net(1, {1, 65000, 65000}, qgraph::Element::kUint8);
  net.max_pool(0, {});
  try {
    (void)cpu_backend().make(net.graph());
    ADD_FAILURE() << "no error";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().where, "layer 'input0'");
    EXPECT_EQ(error.diagnostic().why, "one image takes 16900000000 bytes there");
  }
}

}  // namespace
}  // namespace shiftwise::cpu
