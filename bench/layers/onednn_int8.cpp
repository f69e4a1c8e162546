// SPDX-License-Identifier: Apache-2.0
#include "layers/onednn_int8.h"

#include <dlfcn.h>

#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

namespace shiftwise::bench {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

/// libdnnl threads with libgomp, which is there only through it.
void use_one_thread() {
  using SetThreads = void (*)(int);
  if (void* set = dlsym(RTLD_DEFAULT, "omp_set_num_threads")) {
    reinterpret_cast<SetThreads>(set)(1);
  }
}

dnnl::convolution_forward::primitive_desc describe(
    const dnnl::engine& engine, const memory::desc& source, const memory::desc& weight,
    const memory::desc& bias, const memory::desc& destination, const qgraph::Conv2d& conv) {
  const memory::dims strides = {conv.stride, conv.stride};
  const memory::dims padding = {conv.padding, conv.padding};
  const auto kind = dnnl::prop_kind::forward_inference;
  const auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  return {engine, kind, algorithm, source, weight, bias, destination, strides, padding, padding};
#else
  return {{kind, algorithm, source, weight, bias, destination, strides, padding, padding}, engine};
#endif
}

}  // namespace

struct OneDnnConvolution::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
  memory destination;
  memory::desc plain_destination;

  memory in_layout(const memory::desc& plain, const void* data, const memory::desc& layout) {
    memory from(plain, engine);
    std::memcpy(from.get_data_handle(), data, plain.get_size());
    if (plain == layout) return from;
    memory to(layout, engine);
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    return to;
  }
};

OneDnnConvolution::OneDnnConvolution(const qgraph::Type& input_type, const qgraph::Conv2d& conv,
                                     const core::ImageShape& output,
                                     std::span<const std::byte> input)
    : state_(std::make_unique<State>()) {
  use_one_thread();
  const core::ImageShape& in = input_type.shape;
  const memory::dims source_dims = {1, in.channels, in.height, in.width};
  const memory::dims weight_dims = {conv.outputs(), conv.inputs(), conv.kernel(), conv.kernel()};
  const memory::dims output_dims = {1, output.channels, output.height, output.width};
  const memory::desc bias({conv.outputs()}, Type::s32, Tag::a);
  const auto description =
      describe(state_->engine, {source_dims, Type::u8, Tag::any}, {weight_dims, Type::s8, Tag::any},
               bias, {output_dims, Type::s32, Tag::any}, conv);
  state_->primitive = dnnl::convolution_forward(description);
  state_->destination = memory(description.dst_desc(), state_->engine);
  state_->plain_destination = {output_dims, Type::s32, Tag::abcd};
  state_->arguments = {
      {DNNL_ARG_SRC,
       state_->in_layout({source_dims, Type::u8, Tag::abcd}, input.data(), description.src_desc())},
      {DNNL_ARG_WEIGHTS, state_->in_layout({weight_dims, Type::s8, Tag::abcd},
                                           conv.weight.values.data(), description.weights_desc())},
      {DNNL_ARG_BIAS, state_->in_layout(bias, conv.bias.data(), bias)},
      {DNNL_ARG_DST, state_->destination}};
}

OneDnnConvolution::~OneDnnConvolution() = default;

void OneDnnConvolution::run() {
  state_->primitive.execute(state_->stream, state_->arguments);
  state_->stream.wait();
}

std::vector<std::int32_t> OneDnnConvolution::accumulators() const {
  memory plain(state_->plain_destination, state_->engine);
  dnnl::reorder(state_->destination, plain).execute(state_->stream, state_->destination, plain);
  state_->stream.wait();
  std::vector<std::int32_t> values(state_->plain_destination.get_size() / sizeof(std::int32_t));
  std::memcpy(values.data(), plain.get_data_handle(), values.size() * sizeof(std::int32_t));
  return values;
}

}  // namespace shiftwise::bench
