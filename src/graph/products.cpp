// SPDX-License-Identifier: Apache-2.0
#include "graph/products.h"

#include <fmt/format.h>

#include "core/diagnostic.h"
#include "graph/onednn.h"

namespace shiftwise::graph {

void add_products(const Columns& window, std::span<float> sums) {
  core::expects(sums.size() == window.columns * window.columns, "every pair has a sum",
                fmt::format("{} sums of {} columns", sums.size(), window.columns));
  const onednn::Threads one(1);
  const auto columns = static_cast<dnnl_dim_t>(window.columns);
  const auto row_size = static_cast<dnnl_dim_t>(window.row_size);
  const dnnl_status_t status =
      dnnl_sgemm('T', 'N', columns, columns, static_cast<dnnl_dim_t>(window.rows), 1.0F,
                 window.data, row_size, window.data, row_size, 1.0F, sums.data(), columns);
  core::expects(status == dnnl_success, "oneDNN multiplies matrices",
                fmt::format("status {}", static_cast<int>(status)));
}

}  // namespace shiftwise::graph
