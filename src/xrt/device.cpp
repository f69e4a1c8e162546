// SPDX-License-Identifier: Apache-2.0
#include "xrt/device.h"

#include <fmt/format.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_hw_context.h>
#include <xrt/xrt_kernel.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::xrt {
namespace {

// Namespace ::xrt is XRT's; inside this one it has to be named from the root.
namespace api = ::xrt;

constexpr unsigned kFirstNpu = 0;
/// What the array's firmware is told: run an instruction buffer.
constexpr std::uint64_t kRunInstructions = 3;
/// Arguments of the kernel in front of the sequence's own: opcode, instructions, their count.
constexpr int kInstructionArgument = 1;
constexpr int kFirstBuffer = 3;

[[noreturn]] void refuse(const std::string& what, const std::string& where,
                         const std::string& why) {
  throw core::Error({.what = what,
                     .where = where,
                     .why = why,
                     .hint = "shiftwise doctor shows whether the NPU answers; --backend sim runs "
                             "the same design without one"});
}

/// Calls XRT, whose errors are exceptions of several kinds.
template <typename Call>
auto asking(const std::string& what, const std::string& where, Call call) {
  try {
    return call();
  } catch (const core::Error&) {
    throw;
  } catch (const std::exception& error) {
    refuse(what, where, error.what());
  }
}

std::string kernel_name(const api::xclbin& xclbin, const std::string& where) {
  constexpr const char* kPrefix = "MLIR_AIE";
  for (const auto& kernel : xclbin.get_kernels()) {
    if (kernel.get_name().starts_with(kPrefix)) return kernel.get_name();
  }
  refuse("cannot load the design onto the NPU", where,
         fmt::format("it holds no kernel whose name begins with {}", kPrefix));
}

std::vector<std::byte> read_instructions(const std::filesystem::path& path) {
  const core::MappedFile file(path);
  std::vector<std::byte> words(file.bytes().begin(), file.bytes().end());
  if (words.empty() || words.size() % sizeof(std::uint32_t) != 0) {
    refuse("cannot read the instructions of the host sequence", path.string(),
           fmt::format("{} bytes are no whole number of 32-bit words", words.size()));
  }
  return words;
}

class Npu : public offload::ArrayDevice {
 public:
  explicit Npu(const Binary& binary)
      : binary_(binary),
        instructions_(read_instructions(binary.instructions)),
        device_(kFirstNpu),
        xclbin_(binary.xclbin.string()),
        context_(device_, device_.register_xclbin(xclbin_)),
        kernel_(context_, kernel_name(xclbin_, binary.xclbin.string())),
        program_(device_, instructions_.size(), api::bo::flags::cacheable,
                 kernel_.group_id(kInstructionArgument)) {
    std::memcpy(program_.map<std::byte*>(), instructions_.data(), instructions_.size());
    program_.sync(XCL_BO_SYNC_BO_TO_DEVICE);
    for (std::size_t i = 0; i < binary.argument_bytes.size(); ++i) {
      buffers_.emplace_back(device_, binary.argument_bytes[i], api::bo::flags::host_only,
                            kernel_.group_id(kFirstBuffer + static_cast<int>(i)));
    }
  }

  std::string describe() const override {
    return fmt::format("NPU, {}", binary_.xclbin.filename().string());
  }

  std::size_t memory_bytes() const override {
    std::size_t bytes = instructions_.size();
    for (const std::size_t argument : binary_.argument_bytes) bytes += argument;
    return bytes;
  }

  void run(std::span<const std::span<std::byte>> arguments) override {
    core::expects(arguments.size() == buffers_.size(), "one buffer per argument of the sequence");
    asking("cannot run on the NPU", binary_.xclbin.string(), [&] {
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        core::expects(arguments[i].size() == binary_.argument_bytes[i],
                      "a buffer has the size of its argument");
        std::ranges::copy(arguments[i], buffers_[i].map<std::byte*>());
        buffers_[i].sync(XCL_BO_SYNC_BO_TO_DEVICE);
      }
      start_and_wait();
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        buffers_[i].sync(XCL_BO_SYNC_BO_FROM_DEVICE);
        std::copy_n(buffers_[i].map<std::byte*>(), arguments[i].size(), arguments[i].begin());
      }
    });
  }

 private:
  void start_and_wait() {
    api::run run(kernel_);
    run.set_arg(0, kRunInstructions);
    run.set_arg(kInstructionArgument, program_);
    run.set_arg(kInstructionArgument + 1,
                static_cast<std::uint32_t>(instructions_.size() / sizeof(std::uint32_t)));
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      run.set_arg(kFirstBuffer + static_cast<int>(i), buffers_[i]);
    }
    run.start();
    const ert_cmd_state state = run.wait(binary_.patience);
    if (state == ERT_CMD_STATE_COMPLETED) return;
    const bool hangs = state == ERT_CMD_STATE_TIMEOUT;
    throw core::Error(
        {.what = "the NPU did not finish the design",
         .where = binary_.xclbin.string(),
         .why = hangs ? fmt::format("no answer within {} ms", binary_.patience.count())
                      : fmt::format("XRT reports command state {}", static_cast<int>(state)),
         .hint = "shiftwise simulate says who waits for whom in the same design"});
  }

  Binary binary_;
  std::vector<std::byte> instructions_;
  api::device device_;
  api::xclbin xclbin_;
  api::hw_context context_;
  api::kernel kernel_;
  api::bo program_;
  std::vector<api::bo> buffers_;
};

}  // namespace

std::string unavailable() {
  try {
    const api::device device(kFirstNpu);
    return {};
  } catch (const std::exception& error) {
    return fmt::format("XRT finds no NPU ({}); is the amdxdna driver loaded?", error.what());
  }
}

std::unique_ptr<offload::ArrayDevice> open_device(const Binary& binary) {
  return asking("cannot load the design onto the NPU", binary.xclbin.string(),
                [&] { return std::make_unique<Npu>(binary); });
}

}  // namespace shiftwise::xrt
