// SPDX-License-Identifier: Apache-2.0
// The journey of images through a quantized model: float front, integers, float tail.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "backend/backend.h"
#include "hybrid/model.h"

namespace shiftwise::hybrid {

/// What came out for a batch of images, and what crossed the borders on the way.
struct Batch {
  int images = 0;
  std::vector<float> logits;            ///< [images][classes]
  std::vector<float> float_logits;      ///< likewise, all in float; empty if not asked for
  std::vector<std::byte> input_codes;   ///< into the integer network
  std::vector<std::byte> output_codes;  ///< out of it
  double signal = 0;  ///< sum of squares of the range's float output; 0 without floats
  double noise = 0;   ///< sum of squared differences of the integer network's output from it
};

/// A model made ready to run on one backend. Results do not depend on the thread count.
class Runner {
 public:
  /// with_float: also compute the float baseline, sharing the layers before the integers.
  /// images_per_chunk: what one thread takes at a time through the float layers, which cost
  /// as much for fewer; 1 where single images are to be fast, the default where many are.
  /// threads_per_chunk: what those layers compute on; more than one where a batch is one chunk.
  Runner(const Model& model, const backend::Backend& backend, bool with_float,
         int images_per_chunk = 8, int threads_per_chunk = 1);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  core::ImageShape input_shape() const;
  int classes() const;
  /// The most images that one run() takes, and the number to give for full speed.
  int images_per_batch() const;
  backend::Executor& integers();

  /// Images first .. first + count - 1 of `dataset`, 1 <= count <= images_per_batch(). On
  /// all threads. Throws Error where the images have another shape than the network's input.
  Batch run(const data::Dataset& dataset, std::int64_t first, int count);

  /// As run(), only as far as the input of the integer network.
  std::vector<std::byte> input_codes(const data::Dataset& dataset, std::int64_t first, int count);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace shiftwise::hybrid
