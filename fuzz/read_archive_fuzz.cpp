// SPDX-License-Identifier: Apache-2.0
// An archive that claims to hold CIFAR-10: an Error or a whole folder, nothing beside it.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "core/file.h"
#include "data/cifar10_import.h"
#include "try_to.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fs = std::filesystem;
  static const fs::path folder =
      fs::temp_directory_path() / ("shiftwise-fuzz-" + std::to_string(::getpid()));
  fs::create_directories(folder / "place");
  const fs::path archive = folder / "archive";
  shiftwise::core::write_file(archive, std::as_bytes(std::span(data, size)));
  shiftwise::fuzz::try_to([&] {
    shiftwise::data::import_cifar10(
        {.source = archive, .output = folder / "place" / "out", .images_per_batch = 1},
        shiftwise::core::silent_progress());
  });
  const fs::path out = folder / "place" / "out";
  for (const auto& entry : fs::directory_iterator(folder / "place")) {
    if (entry.path() != out || !fs::exists(out / "test_batch.bin")) std::abort();
  }
  fs::remove_all(folder);
  return 0;
}
