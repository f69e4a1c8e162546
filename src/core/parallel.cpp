// SPDX-License-Identifier: Apache-2.0
#include "core/parallel.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include <memory>

#include "core/parallel_plain.h"

namespace shiftwise::core {
namespace {
/// Never destroyed: lifting the limit at exit would start threads then.
std::unique_ptr<tbb::global_control>& limit() {
  static auto* control = new std::unique_ptr<tbb::global_control>;
  return *control;
}
}  // namespace

void set_thread_limit(int threads) {
  limit().reset();
  if (threads <= 0) return;
  limit() = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
}

int thread_limit() {
  return static_cast<int>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body) {
  if constexpr (kThreadSanitizer) return plain_parallel_for(count, thread_limit(), body);
  tbb::parallel_for(std::int64_t{0}, count, std::int64_t{1}, body, tbb::simple_partitioner{});
}

}  // namespace shiftwise::core
