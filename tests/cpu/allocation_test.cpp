// SPDX-License-Identifier: Apache-2.0
// Memory is taken when an executor is made and at most once more, never for an image. This binary's
// operator new counts its calls.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "core/parallel.h"
#include "cpu/cpu.h"
#include "shared/shape_categories.h"

// Sanitizers bring an operator new of their own, which they check against operator delete.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {
std::atomic<std::int64_t> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace shiftwise::cpu {
namespace {

/// Every kind of step: a strided window, tiles of a large window, both residuals, pools.
qgraph::QGraph every_step() {
  using qgraph::Element;
  tests::NetworkBuilder net(1, {64, 16, 16}, Element::kUint8);
  const auto window = net.convolution(0, {.outputs = 64, .kernel = 3, .padding = 1, .shift = 14});
  const auto wide =
      net.convolution(window, {.outputs = 64, .element = Element::kInt32, .weight_exponent = -8});
  const auto first = net.sum(wide, window, 10);
  const auto branch =
      net.convolution(first, {.outputs = 64, .shift = 12, .element = Element::kInt8});
  const auto second = net.sum(branch, first, 1);
  const auto strided =
      net.convolution(second, {.outputs = 96, .kernel = 3, .stride = 2, .padding = 1, .shift = 14});
  net.linear(net.average(net.max_pool(strided, {}), 0), 10);
  return net.graph();
}

TEST(CpuExecutor, AllocatesNothingForAnImage) {
  constexpr int kMost = 48;
  const qgraph::QGraph graph = every_step();
  const auto input = tests::make_input(graph.input_type(), kMost, tests::Fill::kRandom, 1);
  const std::size_t in = input.size() / kMost;
  const std::size_t out = 10 * sizeof(std::int32_t);
  std::vector<std::byte> output(out * kMost);
  const auto executor = make_executor(graph, selected_path());
  const auto run = [&](int images) {
    const auto count = static_cast<std::size_t>(images);
    const std::int64_t before = allocations;
    executor->run(std::span(input).first(in * count), images, std::span(output).first(out * count));
    return allocations - before;
  };
  for (const int threads : {1, 2}) {
    core::set_thread_limit(threads);
    for (const int images : {1, 5, kMost}) {
      run(images);  // a lane's memory is taken when it is first needed
      EXPECT_EQ(run(images), 0) << threads << " threads, " << images << " images";
    }
  }
  core::set_thread_limit(0);
}

TEST(CpuExecutor, CountsAllocations) {  // or the test above could not fail
  const std::int64_t before = allocations;
  std::vector<std::byte> bytes(100);
  EXPECT_EQ(allocations - before, 1) << bytes.size();
}

}  // namespace
}  // namespace shiftwise::cpu

#endif
