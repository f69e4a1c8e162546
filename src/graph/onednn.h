// SPDX-License-Identifier: Apache-2.0
// The little of oneDNN that the executor needs, the same for its versions 2 and 3. Private
// to the room.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace shiftwise::graph::onednn {

using Layout = dnnl::memory::desc;

dnnl::engine& engine();

/// Dense [N][C][H][W] (or [O][I][K][K]) float32 in row-major order, or in whatever order the
/// primitive likes best.
Layout plain(const dnnl::memory::dims& extents);
Layout any(const dnnl::memory::dims& extents);

/// Whether this float32 layout has one image behind the other, each without gaps.
bool image_after_image(const Layout& layout, const dnnl::memory::dims& extents);

/// A sliding window, the same in both directions.
struct Window {
  int kernel_height = 1;
  int kernel_width = 1;
  int stride = 1;
  int padding = 0;
};

/// What is done to each output of a primitive before it is stored.
struct Epilogue {
  bool accumulate = false;  ///< add what is in the destination
  bool relu = false;
};

// All compute in float32 without Winograd or narrower types, and take their scratchpad from
// the caller. Each throws dnnl::error where oneDNN cannot do it.
dnnl::convolution_forward::primitive_desc convolution(const Layout& source, const Layout& weight,
                                                      const Layout& bias, const Layout& destination,
                                                      const Window& window,
                                                      const Epilogue& epilogue);
dnnl::pooling_forward::primitive_desc max_pool(const Layout& source, const Layout& destination,
                                               const Window& window);
dnnl::pooling_forward::primitive_desc average_pool(const Layout& source, const Layout& destination,
                                                   const Window& window);
/// Source and destination have the same layout.
dnnl::eltwise_forward::primitive_desc relu(const Layout& layout);
/// All three tensors have the same layout.
dnnl::binary::primitive_desc add(const Layout& layout, const Epilogue& epilogue);
dnnl::reorder::primitive_desc reorder(const Layout& from, const Layout& to);

/// While it lives, what oneDNN computes for the calling thread takes `count` threads.
/// Primitives must be made under it too: they are cut for the number of threads at that time.
class Threads {
 public:
  explicit Threads(int count);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace shiftwise::graph::onednn
