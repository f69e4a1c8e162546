// SPDX-License-Identifier: Apache-2.0
#include "lower/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "lower/print_core.h"

namespace shiftwise::lower {
namespace {

class Printer {
 public:
  Printer(const Program& program, const Design& design) : program_(program), design_(design) {}

  std::string run() {
    line("module {{");
    line("  aie.device({}) {{", design_.device);
    tiles();
    parameters();
    buffers();
    rings();
    for (const Fifo& fifo : program_.fifos) print(fifo);
    for (const FifoLink& link : program_.links) print(link);
    for (const Function& function : program_.functions) print(function);
    for (const Core& core : program_.cores) text_ += print_core(program_, core);
    sequence();
    line("  }}");
    line("}}");
    return std::move(text_);
  }

 private:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void tiles() {
    std::set<core::TileId> used;
    for (const Fifo& fifo : program_.fifos) {
      used.insert(fifo.producer);
      used.insert(fifo.consumers.begin(), fifo.consumers.end());
    }
    for (const Core& core : program_.cores) used.insert(core.tile);
    for (const core::TileId tile : used) {
      line("    {} = aie.tile({}, {})", tile_name(tile), tile.column, tile.row);
    }
  }

  void parameters() {
    for (const ParameterBuffer& buffer : program_.parameters) {
      line("    %{} = aie.buffer({}) {{sym_name = \"{}\"}} : memref<{}xi32> = dense<[{}]>",
           buffer.name, tile_name(buffer.tile), buffer.name, buffer.initial.size(),
           fmt::join(buffer.initial, ", "));
    }
  }

  void buffers() {
    for (const LocalBuffer& buffer : program_.buffers) {
      line("    %{0} = aie.buffer({1}) {{sym_name = \"{0}\"}} : {2}", buffer.name,
           tile_name(buffer.tile), memref(buffer.object));
    }
  }

  void rings() {
    for (const Ring& ring : program_.rings) {
      for (int slot = 0; slot < ring.slots; ++slot) {
        line("    %{0} = aie.buffer({1}) {{sym_name = \"{0}\"}} : {2}", ring.buffer(slot),
             tile_name(ring.owner), memref(ring.object));
      }
      for (int reader = 0; reader < static_cast<int>(ring.readers.size()); ++reader) {
        for (const bool full : {false, true}) {
          line("    %{0} = aie.lock({1}) {{init = {2} : i32, sym_name = \"{0}\"}}",
               ring.lock(reader, full), tile_name(ring.owner), full ? 0 : ring.slots);
        }
      }
    }
  }

  void print(const Fifo& fifo) {
    std::vector<std::string> consumers;
    for (const core::TileId tile : fifo.consumers) consumers.push_back(tile_name(tile));
    line("    aie.objectfifo @{}({}, {{{}}}, [{}]) : !aie.objectfifo<{}>", fifo.name,
         tile_name(fifo.producer), fmt::join(consumers, ", "), fmt::join(fifo.depths, ", "),
         memref(fifo.object));
  }

  void print(const FifoLink& link) {
    const std::string offsets = fmt::format("{}", fmt::join(link.offsets, ", "));
    const bool joins = link.from.size() > 1;
    line("    aie.objectfifo.link [{}] -> [{}] ([{}] [{}])", symbols(link.from), symbols(link.to),
         joins ? offsets : "", joins ? "" : offsets);
  }

  static std::string symbols(const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format("@{}", fmt::join(names, ", @"));
  }

  void print(const Function& function) {
    line("    func.func private @{}({}) attributes {{link_with = \"{}\"}}", function.name,
         signature(function), function.use.object);
  }

  void sequence() {
    line(
        "    aie.runtime_sequence @{}(%input : memref<{}xi32>, %weights : memref<{}xi32>, "
        "%output : memref<{}xi32>) {{",
        design_.sequence, program_.argument_words[0], program_.argument_words[1],
        program_.argument_words[2]);
    for (const RuntimeParameter& parameter : design_.parameters) {
      line("      aiex.npu.rtp_write(@{}, {}, {})", parameter.buffer, parameter.word,
           parameter.value);
    }
    constexpr const char* kArguments[] = {"input", "weights", "output"};
    std::map<core::TileId, int> ids;  // descriptors of each shim tile
    for (const Transfer& transfer : program_.transfers) {
      line(
          "      aiex.npu.dma_memcpy_nd(%{}[0, 0, 0, {}]{}) {{id = {} : i64, metadata = @{}}} : "
          "memref<{}xi32>",
          kArguments[transfer.argument], transfer.offset_words, pattern(transfer),
          ids[shim(transfer)]++, transfer.fifo, program_.argument_words[transfer.argument]);
    }
    for (const std::string& fifo : program_.output_fifos) {
      line("      aiex.npu.dma_wait {{symbol = @{}}}", fifo);
    }
    line("    }}");
  }

  /// Sizes and strides. A linear transfer has any length; else no inner size may be larger than
  /// the descriptor's field.
  static std::string pattern(const Transfer& transfer) {
    constexpr std::int64_t kMostInner = 1023;
    if (transfer.rows == 1) return fmt::format("[1, 1, 1, {}][0, 0, 0, 1]", transfer.words);
    std::int64_t pieces = 1;
    while (transfer.words % pieces != 0 || transfer.words / pieces > kMostInner) ++pieces;
    const std::int64_t inner = transfer.words / pieces;
    return fmt::format("[1, {}, {}, {}][0, {}, {}, 1]", transfer.rows, pieces, inner,
                       transfer.row_words, inner);
  }

  core::TileId shim(const Transfer& transfer) const {
    const auto fifo = std::find_if(program_.fifos.begin(), program_.fifos.end(),
                                   [&](const Fifo& one) { return one.name == transfer.fifo; });
    return transfer.argument == 2 ? fifo->consumers[0] : fifo->producer;
  }

  const Program& program_;
  const Design& design_;
  std::string text_;
};

}  // namespace

std::string Ring::buffer(int slot) const { return fmt::format("{}_buff_{}", name, slot); }

std::string Ring::lock(int reader, bool full) const {
  return fmt::format("{}_{}_{}", name, full ? "full" : "free", reader);
}

std::string print(const Program& program, const Design& design) {
  return Printer(program, design).run();
}

}  // namespace shiftwise::lower
