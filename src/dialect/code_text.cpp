// SPDX-License-Identifier: Apache-2.0
// Instructions of cores as text.
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "dialect/program_text.h"
#include "target/device.h"

namespace shiftwise::dialect {
namespace {

constexpr std::array<std::string_view, 17> kBinary{"add",  "sub",  "mul",  "divs", "divu", "rems",
                                                   "remu", "and",  "or",   "xor",  "shl",  "shrs",
                                                   "shru", "mins", "maxs", "minu", "maxu"};
constexpr std::array<std::string_view, 9> kFloat{"addf", "subf", "mulf",    "divf",   "remf",
                                                 "minf", "maxf", "minnumf", "maxnumf"};
constexpr std::array<std::string_view, 4> kFormats{"f16", "bf16", "f32", "f64"};
constexpr std::array<std::string_view, 10> kPredicates{"==", "!=", "<",   "<=", ">",
                                                       ">=", "<u", "<=u", ">u", ">=u"};

class CodeText {
 public:
  CodeText(const CoreProgram& core, const DeviceProgram& device) : core_(core), device_(device) {}

  std::string line(const Instruction& i) const {
    switch (i.opcode) {
      case Opcode::kConstant:
        return fmt::format("r{} = {}", i.dst, i.immediate);
      case Opcode::kCopy:
        return fmt::format("r{} = r{}", i.dst, i.a);
      case Opcode::kCompare:
        return fmt::format("r{} = r{} {} r{}", i.dst, i.a,
                           kPredicates[static_cast<std::size_t>(i.immediate)], i.b);
      case Opcode::kSelect:
        return fmt::format("r{} = r{} ? r{} : r{}", i.dst, i.a, i.b, i.c);
      case Opcode::kTruncate:
        return fmt::format("r{} = signed{} r{}", i.dst, i.bits, i.a);
      case Opcode::kZeroExtend:
        return fmt::format("r{} = unsigned{} r{}", i.dst, i.bits, i.a);
      case Opcode::kJump:
        return fmt::format("jump {}", i.immediate);
      case Opcode::kJumpUnless:
        return fmt::format("jump {} unless r{}", i.immediate, i.a);
      case Opcode::kBuffer:
        return fmt::format("v{} = {} as {}", i.dst,
                           device_.buffers[static_cast<std::size_t>(i.immediate)].name, type(i.b));
      case Opcode::kView:
        return fmt::format("v{} = v{} + {}{} as {}", i.dst, i.a, i.immediate,
                           i.b == kNone ? "" : fmt::format(" + r{}", i.b), type(i.c));
      case Opcode::kLoad:
        return fmt::format("r{} = v{}[{}]", i.dst, i.a, registers(i));
      case Opcode::kStore:
        return fmt::format("v{}[{}] = r{}", i.a, registers(i), i.b);
      case Opcode::kAcquire:
      case Opcode::kRelease:
        return fmt::format("{} {} {}{}", i.opcode == Opcode::kAcquire ? "acquire" : "release",
                           device_.locks[static_cast<std::size_t>(i.immediate)].name,
                           i.opcode == Opcode::kAcquire && i.c == 1 ? "=" : "",
                           i.a == kNone ? std::to_string(i.b) : fmt::format("r{}", i.a));
      case Opcode::kFifoAcquire:
        return fmt::format("acquire {} {}", port(i), i.b);
      case Opcode::kFifoView:
        return fmt::format("v{} = {} held {} as {}", i.dst, port(i), i.b, type(i.c));
      case Opcode::kFifoRelease:
        return fmt::format("release {} {}", port(i), i.b);
      case Opcode::kCall:
        return call(i);
      case Opcode::kCascadePut:
        return fmt::format("put{} {}", i.bits, registers(i));
      case Opcode::kCascadeGet:
        return fmt::format("{} = get{}", registers(i), i.bits);
      case Opcode::kNegF:
        return fmt::format("r{} = negf {} r{}", i.dst, format(i.c), i.a);
      case Opcode::kCompareF:
        return fmt::format("r{} = cmpf{} {} r{}, r{}", i.dst, i.immediate, format(i.c), i.a, i.b);
      case Opcode::kConvertF:
        return fmt::format("r{} = {} from {} r{}", i.dst, format(i.c), format(i.b), i.a);
      case Opcode::kToFloat:
        return fmt::format("r{} = {} from {}{} r{}", i.dst, format(i.c),
                           i.immediate == 1 ? "unsigned" : "signed", i.bits, i.a);
      case Opcode::kFromFloat:
        return fmt::format("r{} = {}{} from {} r{}", i.dst,
                           i.immediate == 1 ? "unsigned" : "signed", i.bits, format(i.c), i.a);
      case Opcode::kEvent:
        return fmt::format("event {}", i.immediate);
      case Opcode::kHalt:
        return "halt";
      default: {
        if (i.opcode >= Opcode::kAddF && i.opcode <= Opcode::kMaxNumF) {
          const auto op =
              static_cast<std::size_t>(i.opcode) - static_cast<std::size_t>(Opcode::kAddF);
          return fmt::format("r{} = {} {} r{}, r{}", i.dst, kFloat[op], format(i.c), i.a, i.b);
        }
        const auto op = static_cast<std::size_t>(i.opcode) - static_cast<std::size_t>(Opcode::kAdd);
        return fmt::format("r{} = {}{} r{}, r{}", i.dst, kBinary[op], i.bits, i.a, i.b);
      }
    }
  }

 private:
  const std::string& type(Index index) const {
    return core_.types[static_cast<std::size_t>(index)].text;
  }

  static std::string_view format(Index index) { return kFormats[static_cast<std::size_t>(index)]; }

  std::string port(const Instruction& i) const {
    const FifoPort& port = device_.ports[static_cast<std::size_t>(i.immediate)];
    return fmt::format("{} {}", port.fifo, port.produce ? "Produce" : "Consume");
  }

  Index operand(const Instruction& i, Index number) const {
    return core_.operands[static_cast<std::size_t>(i.operands + number)];
  }

  std::string registers(const Instruction& i) const {
    std::string result;
    for (Index n = 0; n < i.operand_count; ++n) {
      result += fmt::format("{}r{}", n == 0 ? "" : ", ", operand(i, n));
    }
    return result;
  }

  std::string call(const Instruction& i) const {
    const Kernel& kernel = device_.kernels[static_cast<std::size_t>(i.immediate)];
    std::string result = i.dst == kNone ? "" : fmt::format("r{} = ", i.dst);
    result += "call " + kernel.symbol + "(";
    for (Index n = 0; n < i.operand_count; ++n) {
      const bool view = kernel.arguments[static_cast<std::size_t>(n)].memref.has_value();
      result += fmt::format("{}{}{}", n == 0 ? "" : ", ", view ? "v" : "r", operand(i, n));
    }
    return result + ")";
  }

  const CoreProgram& core_;
  const DeviceProgram& device_;
};

}  // namespace

std::string to_text(const CoreProgram& core, const DeviceProgram& device) {
  std::string result =
      fmt::format("core {}{}{}\n", target::to_string(core.tile), core.endless ? " endless" : "",
                  core.stack_bytes == 0 ? "" : fmt::format(" stack {}", core.stack_bytes));
  const CodeText code(core, device);
  for (std::size_t i = 0; i < core.code.size(); ++i) {
    result += fmt::format("  {}: {}\n", i, code.line(core.code[i]));
  }
  return result;
}

}  // namespace shiftwise::dialect
