// SPDX-License-Identifier: Apache-2.0
#include "lower/print_core.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "core/diagnostic.h"

namespace shiftwise::lower {
namespace {

/// Bound of a loop without end, as every published design writes it.
constexpr std::int64_t kForever = 0xFFFFFFFF;

template <typename Named>
const Named& find(const std::vector<Named>& list, const std::string& name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Named& one) { return one.name == name; });
  core::expects(found != list.end(), "a core uses only what the program has", name);
  return *found;
}

class CorePrinter {
 public:
  CorePrinter(const Program& program, const Core& core) : program_(program), core_(core) {}

  std::string run() {
    print_steps(core_.body, 3);
    std::string text = fmt::format("    // {}\n    aie.core({}) {{\n",
                                   fmt::join(core_.layers, ", "), tile_name(core_.tile));
    for (const std::int64_t value : indices_) {
      text += fmt::format("      %c{} = arith.constant {} : index\n", value, value);
    }
    for (const std::int32_t value : scalars_) {
      text += fmt::format("      {} = arith.constant {} : i32\n", scalar_name(value), value);
    }
    return text + text_ + "      aie.end\n    }\n";
  }

 private:
  template <typename... Arguments>
  void line(int depth, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_.append(static_cast<std::size_t>(2 * depth), ' ');
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void print_steps(const std::vector<Step>& steps, int depth) {
    for (const Step& step : steps) {
      std::visit([&](const auto& one) { print(one, depth); }, step);
    }
  }

  void print(const Acquire& acquire, int depth) {
    const Object& object = find(program_.fifos, acquire.fifo).object;
    const std::string name = fmt::format("%held{}", next_++);
    line(depth, "{} = aie.objectfifo.acquire @{}({}, {}) : !aie.objectfifosubview<{}>", name,
         acquire.fifo, acquire.produce ? "Produce" : "Consume", acquire.count, memref(object));
    for (int i = 0; i < acquire.count; ++i) {
      const std::string view = fmt::format("%row{}", next_++);
      views_[{acquire.fifo, i}] = view;
      line(depth, "{} = aie.objectfifo.subview.access {}[{}] : !aie.objectfifosubview<{}> -> {}",
           view, name, i, memref(object), memref(object));
    }
  }

  void print(const Release& release, int depth) {
    line(depth, "aie.objectfifo.release @{}({}, {})", release.fifo,
         release.produce ? "Produce" : "Consume", release.count);
  }

  void print(const TakeSlot& take, int depth) {
    const Ring& ring = find(program_.rings, take.ring);
    for (int r = 0; r < static_cast<int>(ring.readers.size()); ++r) {
      if (take.reader < 0 || r == take.reader) use(ring.lock(r, take.reader >= 0), true, depth);
    }
  }
  void print(const GiveSlot& give, int depth) {
    const Ring& ring = find(program_.rings, give.ring);
    const bool produce = give.reader < 0;
    for (int r = 0; r < static_cast<int>(ring.readers.size()); ++r) {
      const bool told = produce ? ring.completer < 0 || r == ring.completer : r == give.reader;
      if (told) use(ring.lock(r, produce), false, depth);
    }
  }
  void print(const PassSlot& pass, int depth) {
    const Ring& ring = find(program_.rings, pass.ring);
    for (int r = 0; r < static_cast<int>(ring.readers.size()); ++r) {
      if (r != ring.completer) use(ring.lock(r, true), false, depth);
    }
  }

  void use(const std::string& lock, bool acquire, int depth) {
    line(depth, "aie.use_lock(%{}, {}, 1)", lock, acquire ? "AcquireGreaterEqual" : "Release");
  }

  void print(const Call& call, int depth) {
    const Function& function = find(program_.functions, call.function);
    std::vector<std::string> names;
    for (const Argument& argument : call.arguments) {
      names.push_back(std::visit([&](const auto& one) { return value(one, depth); }, argument));
    }
    line(depth, "func.call @{}({}) : ({}) -> ()", call.function, fmt::join(names, ", "),
         signature(function));
  }

  std::string value(const FifoView& view, int) const {
    const auto found = views_.find({view.fifo, view.index});
    core::expects(found != views_.end(), "a core looks only at rows that it holds", view.fifo);
    return found->second;
  }
  std::string value(const RingView& view, int) const {
    return fmt::format("%{}", find(program_.rings, view.ring).buffer(view.slot));
  }
  static std::string value(const BufferView& view, int) { return fmt::format("%{}", view.buffer); }
  std::string value(const Constant& constant, int) {
    scalars_.insert(constant.value);
    return scalar_name(constant.value);
  }
  std::string value(const LoadedWord& word, int depth) {
    const ParameterBuffer& buffer = find(program_.parameters, word.buffer);
    const std::string name = fmt::format("%word{}", next_++);
    indices_.insert(word.word);
    line(depth, "{} = memref.load %{}[%c{}] : memref<{}xi32>", name, word.buffer, word.word,
         buffer.initial.size());
    return name;
  }

  void print(const Loop& loop, int depth) {
    if (loop.times == 1) return print_steps(loop.body, depth);
    const std::int64_t times = loop.times == 0 ? kForever : loop.times;
    indices_.insert({0, 1, times});
    line(depth, "scf.for %i{} = %c0 to %c{} step %c1 {{", next_++, times);
    print_steps(loop.body, depth + 1);
    line(depth, "}}");
  }

  static std::string scalar_name(std::int32_t value) {
    return value < 0 ? fmt::format("%i32_m{}", -static_cast<std::int64_t>(value))
                     : fmt::format("%i32_{}", value);
  }

  const Program& program_;
  const Core& core_;
  std::string text_;
  int next_ = 0;
  std::set<std::int64_t> indices_;
  std::set<std::int32_t> scalars_;
  std::map<std::pair<std::string, int>, std::string> views_;
};

}  // namespace

std::string print_core(const Program& program, const Core& core) {
  return CorePrinter(program, core).run();
}

std::string tile_name(core::TileId tile) {
  return fmt::format("%tile_{}_{}", tile.column, tile.row);
}

std::string memref(const Object& object) {
  const char* element = object.element == qgraph::Element::kUint8  ? "ui8"
                        : object.element == qgraph::Element::kInt8 ? "i8"
                                                                   : "i32";
  return fmt::format("memref<{}x{}>", object.count, element);
}

std::string signature(const Function& function) {
  std::vector<std::string> types;
  for (const Object& object : function.pointers) types.push_back(memref(object));
  types.insert(types.end(), static_cast<std::size_t>(function.scalars), "i32");
  return fmt::format("{}", fmt::join(types, ", "));
}

}  // namespace shiftwise::lower
