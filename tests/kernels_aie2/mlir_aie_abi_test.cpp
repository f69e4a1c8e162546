// SPDX-License-Identifier: Apache-2.0
// mlir-aie's signatures on our loops, against their formulas: R(x, s) = (x + 2^(s-1)) >> s,
// clamped; no bias.
#include "kernels_aie2/check.h"

namespace shiftwise::tests {
namespace {

/// One row of `width` pixels, the published layouts.
SwConvParams row(int width, int in0, int in1, int out, int skip_groups) {
  SwConvParams p = params_of({.pixels = width,
                              .in0_groups = in0,
                              .in1_groups = in1,
                              .out_groups = out,
                              .skip_groups = skip_groups},
                             1);
  p.residual = SW_RESIDUAL_PUBLISHED;
  p.main_left = 0;
  p.skip_left = 0;
  p.shift = 8;
  p.sum_shift = 1;
  p.skip_shift = 7;
  return p;
}

/// The statements read a bias behind the weights: zeros there.
template <typename X, typename S>
void without_bias(const SwConvParams& p, int taps, const Buffers<X, S>& b) {
  const int groups = p.in0_groups + (taps == 9 ? 0 : p.in1_groups);
  std::memset(b.weights.data() + p.weight_groups * groups * taps * 64, 0,
              b.weights.size() - static_cast<std::size_t>(p.weight_groups * groups * taps * 64));
}

template <typename X>
void check_conv2dk1(const std::string& symbol) {
  for (const int width : {1, 7, 31, 32, 40}) {
    const SwConvParams p = row(width, 4, 0, 3, 1);
    Buffers<X, X> b(p, 1, 0, Guarded<X>::Flush::kEnd);
    b.fill(Values::kRandom, 3);
    without_bias(p, 1, b);
    std::vector<std::uint8_t> expected(output_values(p, 0));
    sw::scalar::codes(sw::scalar::Conv1x1<X>{b.in[0].data(), b.in[1].data(), b.weights.data(), p},
                      expected.data(), p);
    for (const KernelBuild& build : kernel_builds()) {
      if (build.name == "aie2p") continue;
      std::vector<std::uint8_t> out(expected.size());
      build.call(symbol, {b.in[0].data(), b.weights.data(), out.data()}, {width, 32, 24, 8});
      EXPECT_EQ(out, expected) << build.name << ", width " << width;
    }
  }
}

template <typename X>
void check_conv2dk3(const std::string& symbol) {
  for (const int width : {5, 32}) {
    for (const int check : {0, 1, 2}) {
      for (const int offset : {0, 16}) {
        SwConvParams p = row(width, 3, 0, 2, 1);
        p.weight_groups = 4;
        p.weight_first_group = offset / 8;
        p.shift = 10;
        Buffers<X, X> b(p, 9, 0, Guarded<X>::Flush::kEnd);
        b.fill(Values::kRandom, 4);
        without_bias(p, 9, b);
        std::vector<std::uint8_t> expected(output_values(p, 0));
        const int border = check == 0 ? SW_BORDER_TOP : check == 2 ? SW_BORDER_BOTTOM : 0;
        p.in_width = width;
        p.in_rows = 1;
        sw::scalar::codes(sw::scalar::Conv3x3<X>{b.in[0].data(), b.in[1].data(), b.in[2].data(),
                                                 b.weights.data(), p, border},
                          expected.data(), p);
        for (const KernelBuild& build : kernel_builds()) {
          if (build.name == "aie2p") continue;
          std::vector<std::uint8_t> out(expected.size());
          build.call(symbol,
                     {b.in[0].data(), b.in[1].data(), b.in[2].data(), b.weights.data(), out.data()},
                     {width, 24, 16, 3, 3, check, 10, offset});
          EXPECT_EQ(out, expected) << build.name << ", width " << width << ", check " << check;
        }
      }
    }
  }
}

template <typename S>
void check_skips(const std::string& type) {
  for (const int width : {3, 32}) {
    const SwConvParams p = row(width, 2, 2, 3, 3);
    Buffers<std::uint8_t, S> b(p, 1, 0, Guarded<std::uint8_t>::Flush::kEnd);
    b.fill(Values::kRandom, 5);
    without_bias(p, 1, b);
    const sw::scalar::Conv1x1<std::uint8_t> main = {b.in[0].data(), b.in[1].data(),
                                                    b.weights.data(), p};
    std::vector<std::uint8_t> added(output_values(p, 0));
    sw::scalar::codes_with_skip(main, b.skip.data(), added.data(), p);

    // There, the projection's weights follow the main ones directly.
    b.fill(Values::kRandom, 6);
    std::vector<std::int8_t> packed(b.weights.begin(), b.weights.begin() + 3 * (4 + 3) * 64);
    std::copy_n(packed.begin() + 3 * 4 * 64, 3 * 3 * 64,
                b.weights.data() + sw_next_part(sw_weight_bytes(3, 4, 1)));
    std::memset(b.weights.data() + 3 * 4 * 64, 0, 3 * 32);
    std::memset(b.weights.data() + sw_next_part(sw_weight_bytes(3, 4, 1)) + 3 * 3 * 64, 0, 3 * 32);
    std::vector<std::uint8_t> projected(output_values(p, 0));
    sw::scalar::codes_with_projection(
        main, sw::scalar::projection(b.skip.data(), b.weights.data(), 4, 1, p), projected.data(),
        p);
    for (const KernelBuild& build : kernel_builds()) {
      if (build.name == "aie2p") continue;
      std::vector<std::uint8_t> out(projected.size());
      build.call("conv2dk1_skip_init_" + type,
                 {b.in[0].data(), b.in[1].data(), packed.data(), out.data(), b.skip.data()},
                 {width, 32, 24, 24, 8, 1, 7});
      EXPECT_EQ(out, projected) << build.name << ", width " << width;
    }
    b.fill(Values::kRandom, 5);
    for (const KernelBuild& build : kernel_builds()) {
      if (build.name == "aie2p") continue;
      std::vector<std::uint8_t> out(added.size());
      build.call("conv2dk1_skip_" + type,
                 {b.in[0].data(), b.in[1].data(), b.weights.data(), out.data(), b.skip.data()},
                 {width, 32, 24, 8, 1});
      EXPECT_EQ(out, added) << build.name << ", width " << width;
    }
  }
}

TEST(MlirAieSignatures, ComputeTheirFormulasForAnyWidth) {
  check_conv2dk1<std::int8_t>("conv2dk1_i8");
  check_conv2dk1<std::uint8_t>("conv2dk1_ui8");
  check_conv2dk3<std::int8_t>("conv2dk3_i8");
  check_conv2dk3<std::uint8_t>("conv2dk3_ui8");
  check_skips<std::int8_t>("i8");
  check_skips<std::uint8_t>("ui8");
}

}  // namespace
}  // namespace shiftwise::tests
