// SPDX-License-Identifier: Apache-2.0
#include "backend/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "qgraph/quantize_input.h"

namespace shiftwise::backend {
namespace {

/// Images whose codes of every node are kept at once, twice.
constexpr int kImagesAtOnce = 2;

/// Every node's codes of a few images: [node][image][C][H][W].
using Recording = std::vector<std::vector<std::int32_t>>;

std::size_t codes_of(const qgraph::Node& node) {
  return static_cast<std::size_t>(node.output.shape.elements());
}

std::size_t output_bytes(const qgraph::QGraph& graph) {
  return codes_of(graph.nodes.back()) * qgraph::bytes_per_code(graph.output_type().element);
}

Recording record(const Contender& contender, std::span<const std::byte> input, int images,
                 std::span<std::byte> output) {
  const auto count = static_cast<std::size_t>(images);
  Recording recording;
  for (const qgraph::Node& node : contender.graph.nodes) {
    recording.emplace_back(codes_of(node) * count);
  }
  contender.executor.run(input, images, output, [&](const Observation& seen) {
    const auto node = static_cast<std::size_t>(seen.node);
    const std::size_t per_image = codes_of(contender.graph.nodes[node]);
    std::copy(
        seen.codes.begin(), seen.codes.end(),
        recording[node].begin() +
            static_cast<std::ptrdiff_t>(per_image * static_cast<std::size_t>(seen.first_image)));
  });
  return recording;
}

/// The network's output as bytes, widened to 32 bits.
std::vector<std::int32_t> codes_of(qgraph::Element element, std::span<const std::byte> bytes) {
  std::vector<std::int32_t> codes(bytes.size() / qgraph::bytes_per_code(element));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (element == qgraph::Element::kInt32) {
      std::memcpy(&codes[i], &bytes[i * sizeof codes[i]], sizeof codes[i]);
    } else {
      codes[i] = element == qgraph::Element::kInt8 ? static_cast<std::int8_t>(bytes[i])
                                                   : std::to_integer<std::int32_t>(bytes[i]);
    }
  }
  return codes;
}

class Comparer {
 public:
  Comparer(const Contender& expected, const Contender& got) : expected_(expected), got_(got) {
    if (!every_node()) {
      const qgraph::Node& output = expected.graph.nodes.back();
      if (got.graph.output_type().shape != output.output.shape) {
        result_.unmatched.push_back(output.name);
        return;
      }
      pairs_.push_back({expected.graph.nodes.size() - 1, got.graph.nodes.size() - 1});
      result_.nodes.push_back({.node = output.name});
      return;
    }
    std::map<std::string, std::size_t> by_name;
    for (std::size_t i = 0; i < got.graph.nodes.size(); ++i) by_name[got.graph.nodes[i].name] = i;
    for (std::size_t i = 0; i < expected.graph.nodes.size(); ++i) {
      const qgraph::Node& node = expected.graph.nodes[i];
      const auto match = by_name.find(node.name);
      if (match == by_name.end() ||
          got.graph.nodes[match->second].output.shape != node.output.shape) {
        result_.unmatched.push_back(node.name);
        continue;
      }
      pairs_.push_back({i, match->second});
      result_.nodes.push_back({.node = node.name});
      by_name.erase(match);
    }
    for (const auto& [name, node] : by_name) {
      const bool listed = std::find(result_.unmatched.begin(), result_.unmatched.end(), name) !=
                          result_.unmatched.end();
      if (!listed) result_.unmatched.push_back(name);
    }
  }

  bool every_node() const {
    return expected_.executor.shows_nodes() && got_.executor.shows_nodes();
  }

  void add(std::span<const std::byte> input, int images) {
    const auto count = static_cast<std::size_t>(images);
    std::vector<std::byte> expected_output(count * output_bytes(expected_.graph));
    std::vector<std::byte> got_output(count * output_bytes(got_.graph));
    if (!every_node()) {
      expected_.executor.run(input, images, expected_output);
      got_.executor.run(input, images, got_output);
      if (pairs_.empty()) return;
      compare_codes(0, codes_of(expected_.graph.output_type().element, expected_output),
                    codes_of(got_.graph.output_type().element, got_output));
      result_.images += images;
      return;
    }
    const Recording expected = record(expected_, input, images, expected_output);
    const Recording got = record(got_, input, images, got_output);
    for (std::size_t p = 0; p < pairs_.size(); ++p) {
      const Pair pair = pairs_[p];
      compare_codes(p, expected[pair.expected], got[pair.got]);
      const bool both_end = pair.expected + 1 == expected.size() && pair.got + 1 == got.size();
      if (!both_end) continue;
      got_.executor.run(input, images, got_output);
      if (result_.nodes[p].mismatches == 0) {
        result_.nodes[p].values -= static_cast<std::int64_t>(expected[pair.expected].size());
        compare_codes(p, expected[pair.expected],
                      codes_of(got_.graph.output_type().element, got_output));
      }
    }
    result_.images += images;
  }

  Comparison finish() && { return std::move(result_); }

 private:
  struct Pair {
    std::size_t expected;
    std::size_t got;
  };

  void compare_codes(std::size_t p, std::span<const std::int32_t> expected,
                     std::span<const std::int32_t> got) {
    NodeComparison& node = result_.nodes[p];
    node.values += static_cast<std::int64_t>(expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (expected[i] == got[i]) continue;
      ++node.mismatches;
      node.largest_error =
          std::max(node.largest_error, std::abs(std::int64_t{got[i]} - expected[i]));
      note(p, i, expected[i], got[i]);
    }
  }

  /// Keeps the difference if its node comes before that of the one known so far.
  void note(std::size_t p, std::size_t i, std::int32_t expected, std::int32_t got) {
    if (result_.first.has_value() && p >= first_pair_) return;
    first_pair_ = p;
    const qgraph::Node& node = expected_.graph.nodes[pairs_[p].expected];
    const core::ImageShape& shape = node.output.shape;
    const auto per_image = codes_of(node);
    const int at = static_cast<int>(i % per_image);
    const int plane = shape.height * shape.width;
    result_.first = Difference{.node = node.name,
                               .image = result_.images + static_cast<int>(i / per_image),
                               .channel = at / plane,
                               .y = at % plane / shape.width,
                               .x = at % shape.width,
                               .expected = expected,
                               .got = got};
  }

  const Contender& expected_;
  const Contender& got_;
  std::vector<Pair> pairs_;
  std::size_t first_pair_ = 0;
  Comparison result_;
};

}  // namespace

std::string Difference::text() const {
  return fmt::format("layer '{}', image {}, channel {}, y {}, x {}: expected {}, got {}", node,
                     image, channel, y, x, expected, got);
}

Comparison compare(const Contender& expected, const Contender& got,
                   std::span<const std::byte> input, int images) {
  const qgraph::Type& type = expected.graph.input_type();
  const qgraph::Type& other = got.graph.input_type();
  if (type.element != other.element || type.shape != other.shape) {
    throw core::Error(
        {.what = "cannot compare networks that take different inputs",
         .why = fmt::format("one takes {} {}, the other {} {}", qgraph::to_string(type.element),
                            core::to_string(type.shape), qgraph::to_string(other.element),
                            core::to_string(other.shape))});
  }
  const auto per_image = static_cast<std::size_t>(type.shape.elements());
  core::expects(input.size() == static_cast<std::size_t>(images) * per_image,
                "the input holds the given number of images");
  Comparer comparer(expected, got);
  const int at_once = comparer.every_node() ? kImagesAtOnce : images;
  for (int first = 0; first < images; first += at_once) {
    core::check_interrupted();
    const int count = std::min(at_once, images - first);
    comparer.add(input.subspan(static_cast<std::size_t>(first) * per_image,
                               static_cast<std::size_t>(count) * per_image),
                 count);
  }
  return std::move(comparer).finish();
}

}  // namespace shiftwise::backend
