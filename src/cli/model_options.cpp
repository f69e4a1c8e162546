// SPDX-License-Identifier: Apache-2.0
#include "cli/model_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <sstream>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::cli {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (part.ends_with('\r')) part.pop_back();
    parts.push_back(part);
  }
  return parts;
}

/// "1,2,2" as numbers; `count` of them where it is not 0.
template <typename T>
std::vector<T> numbers(const char* option, const std::string& text, char separator,
                       std::size_t count) {
  std::vector<T> result;
  bool valid = true;
  for (const std::string& part : split(text, separator)) {
    T value{};
    const char* end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, value);
    valid = valid && error == std::errc() && stop == end;
    result.push_back(value);
  }
  if (valid && !result.empty() && (count == 0 || result.size() == count)) return result;
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("{} cannot be '{}'", option, text),
                     .hint = count == 0 ? "numbers with commas between them, like 1,2,2,2"
                             : separator == 'x'
                                 ? "height and width, like 32x32"
                                 : fmt::format("{} numbers with commas between them", count)});
}

std::array<float, 3> channels(const char* option, const std::string& text) {
  const auto values = numbers<float>(option, text, ',', 3);
  return {values[0], values[1], values[2]};
}

}  // namespace

void ModelOptions::declare(CLI::App& app) {
  constexpr const char* kGroup = "Checkpoint";
  app.add_option("--strides", strides_, "First stride of each stage, like 1,2,2,2")
      ->type_name("LIST")
      ->group(kGroup);
  app.add_option("--input-size", input_size_, "Height and width of an image, like 32x32")
      ->type_name("HxW")
      ->group(kGroup);
  app.add_option("--stem-stride", stem_stride_, "Stride of the first convolution")
      ->check(CLI::Range(1, 8))
      ->type_name("N")
      ->group(kGroup);
  app.add_option("--stem-pool", stem_pool_, "Whether a max pool follows the first convolution")
      ->check(CLI::IsMember({"yes", "no"}))
      ->type_name("yes|no")
      ->group(kGroup);
  app.add_option("--bn-epsilon", epsilon_, "Epsilon of the batch norms")
      ->check(CLI::PositiveNumber)
      ->type_name("X")
      ->group(kGroup);
  app.add_option("--mean", mean_, "Mean of the pixels (0 to 1) per channel, like 0.5,0.5,0.5")
      ->type_name("LIST")
      ->group(kGroup);
  app.add_option("--std", std_, "Standard deviation of the pixels per channel")
      ->type_name("LIST")
      ->group(kGroup);
  app.add_option("--labels", labels_,
                 "Names of the classes in index order: with commas, or a file with one per line")
      ->type_name("LIST|FILE")
      ->group(kGroup);
}

model::Overrides ModelOptions::overrides() const {
  model::Overrides result;
  if (!strides_.empty()) result.strides = numbers<int>("--strides", strides_, ',', 0);
  if (!input_size_.empty()) result.input_size = numbers<int>("--input-size", input_size_, 'x', 2);
  result.stem_stride = stem_stride_;
  if (!stem_pool_.empty()) result.stem_pool = stem_pool_ == "yes";
  result.batch_norm_epsilon = epsilon_;
  return result;
}

ModelOptions::Pixels ModelOptions::pixels(const model::Description& description) const {
  Pixels result;
  result.origin = description.mean || description.std ? "the checkpoint" : "default";
  if (description.mean) result.normalization.mean = *description.mean;
  if (description.std) result.normalization.std = *description.std;
  if (!mean_.empty()) result.normalization.mean = channels("--mean", mean_);
  if (!std_.empty()) result.normalization.std = channels("--std", std_);
  if (!mean_.empty() || !std_.empty()) result.origin = "--mean/--std";
  for (const float mean : result.normalization.mean) {
    if (std::isfinite(mean)) continue;
    throw core::Error({.fault = core::Fault::kUsage,
                       .what = fmt::format("a mean of {} cannot be used", mean),
                       .hint = "--mean takes three numbers"});
  }
  for (const float std : result.normalization.std) {
    if (std > 0 && std::isfinite(std)) continue;
    throw core::Error({.fault = core::Fault::kUsage,
                       .what = fmt::format("a standard deviation of {} cannot be used", std),
                       .hint = "--std takes three positive numbers"});
  }
  return result;
}

ModelOptions::Labels ModelOptions::labels(const model::Description& description) const {
  Labels result{description.class_names, description.class_names.empty() ? "" : "the checkpoint"};
  if (!labels_.empty()) {
    const bool is_list = labels_.find(',') != std::string::npos;
    result.names =
        is_list ? split(labels_, ',') : split(std::string(core::MappedFile(labels_).text()), '\n');
    while (!result.names.empty() && result.names.back().empty()) result.names.pop_back();
    result.origin = "--labels";
  }
  if (!result.names.empty() &&
      result.names.size() != static_cast<std::size_t>(description.classes)) {
    throw core::Error(
        {.what = "the names of the classes do not fit the network",
         .where = result.origin,
         .why = fmt::format("{} names for {} classes", result.names.size(), description.classes)});
  }
  return result;
}

}  // namespace shiftwise::cli
