// SPDX-License-Identifier: Apache-2.0
#include "xrt/backend.h"

#include "core/diagnostic.h"
#include "core/file.h"
#include "xrt/device.h"

namespace shiftwise::xrt {
namespace {

std::unique_ptr<offload::ArrayDevice> open_built(const std::filesystem::path& folder,
                                                 const lower::Design& design) {
  const std::filesystem::path text = folder / "design.mlir";
  const std::filesystem::path xclbin = folder / kXclbin;
  const std::filesystem::path instructions = folder / kInstructions;
  for (const auto& file : {text, xclbin, instructions}) {
    if (std::filesystem::exists(file)) continue;
    throw core::Error({.what = "the design is not built for the NPU",
                       .where = file.string(),
                       .why = "there is no such file",
                       .hint = "shiftwise compile " + folder.string() + ", then make -C " +
                               folder.string() + " where mlir-aie and Peano are"});
  }
  const core::MappedFile compiled(text);
  if (compiled.text().find(design.text) == std::string_view::npos) {
    throw core::Error({.what = "what is built there is another design",
                       .where = text.string(),
                       .why = "the mapping, the kernels, the images per run or the model have "
                              "changed since",
                       .hint = "shiftwise compile with the same options as here, then make"});
  }
  const auto images = static_cast<std::size_t>(design.images);
  return open_device(
      {.xclbin = xclbin,
       .instructions = instructions,
       .argument_bytes = {images * static_cast<std::size_t>(design.input.image_bytes()),
                          design.weights.size(),
                          images * static_cast<std::size_t>(design.output.image_bytes())}});
}

}  // namespace

backend::Backend xrt_backend(const lower::Options& options, std::filesystem::path folder,
                             backend::Backend rest) {
  return offload::array_backend(
      {.name = "xrt",
       .summary = "an AMD NPU (XDNA), through XRT; never tried on silicon",
       .unavailable = unavailable,
       .options = options,
       .make_device = [folder = std::move(folder)](
                          const lower::Design& design) { return open_built(folder, design); },
       .rest = std::move(rest)});
}

}  // namespace shiftwise::xrt
