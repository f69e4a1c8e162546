// SPDX-License-Identifier: Apache-2.0
#include "graph/onednn.h"

#include <oneapi/dnnl/dnnl_config.h>

#include <algorithm>
#include <array>

#if DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP
// Declared here and not by omp.h, which clang has only beside a runtime of its own: it must
// be libgomp's, which libdnnl uses.
extern "C" void omp_set_num_threads(int);
extern "C" int omp_get_max_threads();
#elif DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ
static void omp_set_num_threads(int) {}
static int omp_get_max_threads() { return 1; }
#else
#error "shiftwise needs a oneDNN that was built for OpenMP (Debian's libdnnl-dev) or sequential"
#endif

namespace shiftwise::graph::onednn {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;

dnnl::primitive_attr attributes(const Epilogue& epilogue) {
  dnnl::post_ops operations;
  if (epilogue.accumulate) operations.append_sum(1.0F);
#if DNNL_VERSION_MAJOR >= 3
  if (epilogue.relu) operations.append_eltwise(algorithm::eltwise_relu, 0.0F, 0.0F);
#else
  if (epilogue.relu) operations.append_eltwise(1.0F, algorithm::eltwise_relu, 0.0F, 0.0F);
#endif
  dnnl::primitive_attr attr;
  attr.set_post_ops(operations);
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_fpmath_mode(dnnl::fpmath_mode::strict);
  return attr;
}

dnnl::pooling_forward::primitive_desc pool(algorithm kind, const Layout& source,
                                           const Layout& destination, const Window& window) {
  const memory::dims kernel = {window.kernel_height, window.kernel_width};
  const memory::dims strides = {window.stride, window.stride};
  const memory::dims padding = {window.padding, window.padding};
#if DNNL_VERSION_MAJOR >= 3
  const memory::dims dilation = {0, 0};
  return {engine(),      prop_kind::forward_inference,
          kind,          source,
          destination,   strides,
          kernel,        dilation,
          padding,       padding,
          attributes({})};
#else
  return {
      {prop_kind::forward_inference, kind, source, destination, strides, kernel, padding, padding},
      attributes({}),
      engine()};
#endif
}

}  // namespace

dnnl::engine& engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

Layout plain(const memory::dims& extents) {
  return {extents, memory::data_type::f32,
          extents.size() == 1 ? memory::format_tag::a : memory::format_tag::abcd};
}

Layout any(const memory::dims& extents) {
  return {extents, memory::data_type::f32, memory::format_tag::any};
}

bool image_after_image(const Layout& layout, const memory::dims& extents) {
  using Tag = memory::format_tag;
  if (layout.get_size() != plain(extents).get_size()) return false;
  return std::ranges::any_of(
      std::array{Tag::abcd, Tag::acdb, Tag::aBcd8b, Tag::aBcd16b},
      [&](Tag tag) { return layout == Layout(extents, memory::data_type::f32, tag); });
}

dnnl::convolution_forward::primitive_desc convolution(const Layout& source, const Layout& weight,
                                                      const Layout& bias, const Layout& destination,
                                                      const Window& window,
                                                      const Epilogue& epilogue) {
  const memory::dims strides = {window.stride, window.stride};
  const memory::dims padding = {window.padding, window.padding};
#if DNNL_VERSION_MAJOR >= 3
  return {engine(),
          prop_kind::forward_inference,
          algorithm::convolution_direct,
          source,
          weight,
          bias,
          destination,
          strides,
          padding,
          padding,
          attributes(epilogue)};
#else
  return {{prop_kind::forward_inference, algorithm::convolution_direct, source, weight, bias,
           destination, strides, padding, padding},
          attributes(epilogue),
          engine()};
#endif
}

dnnl::pooling_forward::primitive_desc max_pool(const Layout& source, const Layout& destination,
                                               const Window& window) {
  return pool(algorithm::pooling_max, source, destination, window);
}

dnnl::pooling_forward::primitive_desc average_pool(const Layout& source, const Layout& destination,
                                                   const Window& window) {
  return pool(algorithm::pooling_avg_exclude_padding, source, destination, window);
}

dnnl::eltwise_forward::primitive_desc relu(const Layout& layout) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine(),
          prop_kind::forward_inference,
          algorithm::eltwise_relu,
          layout,
          layout,
          0.0F,
          0.0F,
          attributes({})};
#else
  return {{prop_kind::forward_inference, algorithm::eltwise_relu, layout, 0.0F, 0.0F},
          attributes({}),
          engine()};
#endif
}

dnnl::binary::primitive_desc add(const Layout& layout, const Epilogue& epilogue) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine(), algorithm::binary_add, layout, layout, layout, attributes(epilogue)};
#else
  return {{algorithm::binary_add, layout, layout, layout}, attributes(epilogue), engine()};
#endif
}

dnnl::reorder::primitive_desc reorder(const Layout& from, const Layout& to) {
  return {engine(), from, engine(), to, attributes({})};
}

Threads::Threads(int count) : before_(omp_get_max_threads()) { omp_set_num_threads(count); }
Threads::~Threads() { omp_set_num_threads(before_); }

}  // namespace shiftwise::graph::onednn
