// SPDX-License-Identifier: Apache-2.0
#include "data/python_fixture.h"

#include <algorithm>
#include <cstdint>

namespace shiftwise::data {
namespace {

/// Opcodes of pickle's protocol 2, appended one by one.
class Pickler {
 public:
  Pickler() { out_ = "\x80\x02"; }

  void op(char code) { out_.push_back(code); }
  void text(const std::string& string) {
    if (string.size() < 256) {
      op('U');
      out_.push_back(static_cast<char>(string.size()));
    } else {
      op('T');
      number(string.size(), 4);
    }
    out_ += string;
    memoize();
  }
  void integer(std::uint32_t value) {
    op(value < 256 ? 'K' : value < 65536 ? 'M' : 'J');
    number(value, value < 256 ? 1 : value < 65536 ? 2 : 4);
  }
  void global(const std::string& module, const std::string& name) {
    out_ += "c" + module + "\n" + name + "\n";
    memoize();
  }
  void memoize() {
    op(memo_ < 256 ? 'q' : 'r');
    number(memo_, memo_ < 256 ? 1 : 4);
    ++memo_;
  }
  /// A list in runs of a thousand, as Python writes it.
  template <typename Items, typename Write>
  void list(const Items& items, Write write) {
    constexpr std::size_t kRun = 1000;
    op(']');
    memoize();
    for (std::size_t at = 0; at < items.size(); at += kRun) {
      op('(');
      for (std::size_t i = at; i < std::min(at + kRun, items.size()); ++i) write(items[i]);
      op('e');
    }
  }
  std::string finish() {
    op('.');
    return out_;
  }

 private:
  void number(std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<char>(value >> (8 * i)));
  }

  std::string out_;
  std::size_t memo_ = 1;
};

void write_array(Pickler& pickle, std::size_t rows, std::size_t columns, const std::string& bytes) {
  pickle.global("numpy.core.multiarray", "_reconstruct");
  pickle.global("numpy", "ndarray");
  pickle.integer(0);
  pickle.op('\x85');
  pickle.memoize();
  pickle.text("b");
  pickle.op('\x87');
  pickle.memoize();
  pickle.op('R');
  pickle.memoize();
  pickle.op('(');
  pickle.integer(1);
  pickle.integer(static_cast<std::uint32_t>(rows));
  pickle.integer(static_cast<std::uint32_t>(columns));
  pickle.op('\x86');
  pickle.memoize();
  pickle.global("numpy", "dtype");
  pickle.text("u1");
  pickle.integer(0);
  pickle.integer(1);
  pickle.op('\x87');
  pickle.memoize();
  pickle.op('R');
  pickle.memoize();
  pickle.op('(');
  pickle.integer(3);
  pickle.text("|");
  for (const char none : {'N', 'N', 'N'}) pickle.op(none);
  pickle.integer(0xffffffffU);  // -1: no item size, no alignment
  pickle.integer(0xffffffffU);
  pickle.integer(0);
  pickle.op('t');
  pickle.memoize();
  pickle.op('b');
  pickle.op('\x89');  // not in Fortran's order
  pickle.text(bytes);
  pickle.op('t');
  pickle.memoize();
  pickle.op('b');
}

}  // namespace

std::string python_batch(const std::string& records) {
  constexpr std::size_t kRecord = 3073;
  std::vector<std::uint8_t> labels;
  std::string pixels;
  std::vector<std::string> names;
  for (std::size_t at = 0; at < records.size(); at += kRecord) {
    labels.push_back(static_cast<std::uint8_t>(records[at]));
    pixels += records.substr(at + 1, kRecord - 1);
    names.push_back("picture_s_" + std::to_string(names.size()) + ".png");
  }
  Pickler pickle;
  pickle.op('}');
  pickle.memoize();
  pickle.op('(');
  pickle.text("batch_label");
  pickle.text("training batch 1 of 5");
  pickle.text("labels");
  pickle.list(labels, [&](std::uint8_t label) { pickle.integer(label); });
  pickle.text("data");
  write_array(pickle, labels.size(), kRecord - 1, pixels);
  pickle.text("filenames");
  pickle.list(names, [&](const std::string& name) { pickle.text(name); });
  pickle.op('u');
  return pickle.finish();
}

std::string python_meta(const std::vector<std::string>& names) {
  Pickler pickle;
  pickle.op('}');
  pickle.memoize();
  pickle.op('(');
  pickle.text("num_cases_per_batch");
  pickle.integer(10000);
  pickle.text("label_names");
  pickle.list(names, [&](const std::string& name) { pickle.text(name); });
  pickle.text("num_vis");
  pickle.integer(3072);
  pickle.op('u');
  return pickle.finish();
}

}  // namespace shiftwise::data
