// SPDX-License-Identifier: Apache-2.0
// The tensors that a PyTorch pickle describes. Their values are elsewhere in the file, in
// storages that the two file formats keep in their own ways. Private to the room.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "model/stored_tensor.h"
#include "pickle/pickle.h"

namespace shiftwise::model {

/// A float tensor and the storage that it views.
struct TorchTensor {
  std::string name;
  StridedView view;
};

/// What is known of a storage before it is read; whoever refers to it says the same.
struct TorchStorage {
  std::string_view dtype;
  std::int64_t elements = 0;
  std::vector<TorchTensor> tensors;  ///< of the state dict; none: it need not be read

  std::uint64_t bytes() const;
};

struct TorchState {
  std::map<std::string, TorchStorage> storages;  ///< all that the pickle names, by key
  std::map<std::string, std::string> skipped;    ///< integer tensors: name -> dtype
};

/// Reads one of torch.save's pickles, at the beginning of `bytes`, which stay borrowed. Throws
/// Error for a name that no state dict needs, or anything malformed.
pickle::Document read_torch_pickle(std::span<const std::byte> bytes, const std::string& where);

/// Finds the state dict in what the pickle made (itself, or in known wrappers) and describes
/// its tensors. Throws Error, with `where`, for tensors that do not fit their storages and
/// where reading them all would take far more memory than `file_bytes` justify.
TorchState read_torch_state(const pickle::Document& document, std::uint64_t file_bytes,
                            const std::string& where);

/// Widens the tensors of a storage, whose bytes are here, into `tensors`.
void widen_storage(const TorchStorage& storage, std::span<const std::byte> bytes,
                   const std::string& where, std::map<std::string, core::Tensor<float>>& tensors);

}  // namespace shiftwise::model
