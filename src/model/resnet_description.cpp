// SPDX-License-Identifier: Apache-2.0
#include "model/resnet_description.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

namespace shiftwise::model {
namespace {

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

/// Three finite numbers, all positive if they are divisors.
std::optional<std::array<float, 3>> three_numbers(const std::string& text, bool positive) {
  const std::vector<std::string> parts = split_at_commas(text);
  if (parts.size() != 3) return std::nullopt;
  std::array<float, 3> numbers{};
  for (std::size_t i = 0; i < 3; ++i) {
    char* end = nullptr;
    numbers[i] = std::strtof(parts[i].c_str(), &end);
    const bool sane = end != parts[i].c_str() && *end == '\0' && std::isfinite(numbers[i]);
    if (!sane || (positive && numbers[i] <= 0)) return std::nullopt;
  }
  return numbers;
}

}  // namespace

void finish_description(const ResNetNames& names, Description& description) {
  std::size_t layers = 2;  // the stem and the classifier
  bool basic = false;
  bool bottleneck = false;
  for (const auto& stage : names.stages) {
    for (const BlockNames& block : stage) {
      layers += block.layers.size();
      (block.layers.size() == 2 ? basic : bottleneck) = true;
    }
  }
  description.block = basic && bottleneck ? "basic and bottleneck" : basic ? "basic" : "bottleneck";
  description.naming = names.scheme;
  if (description.shortcut.empty()) description.shortcut = "none";
  const bool small = description.stem.find("max pool") == std::string::npos;
  description.family = fmt::format("{} ResNet-{}", small ? "CIFAR" : "ImageNet", layers);
}

void describe_metadata(const std::map<std::string, std::string>& metadata,
                       Description& description) {
  const auto numbers = [&](const char* key, bool positive) -> std::optional<std::array<float, 3>> {
    const auto found = metadata.find(key);
    if (found == metadata.end()) return std::nullopt;
    const auto values = three_numbers(found->second, positive);
    if (!values) {
      description.notes.push_back(
          fmt::format("the file's metadata '{}' is not three numbers and is not used: {:.60}", key,
                      found->second));
    }
    return values;
  };
  description.mean = numbers("mean", false);
  description.std = numbers("std", true);

  const auto classes = metadata.find("classes");
  if (classes == metadata.end()) return;
  std::vector<std::string> class_names = split_at_commas(classes->second);
  if (static_cast<int>(class_names.size()) == description.classes) {
    description.class_names = std::move(class_names);
  } else {
    description.notes.push_back(
        fmt::format("the file's metadata names {} classes, the network has "
                    "{}; the names are not used",
                    class_names.size(), description.classes));
  }
}

}  // namespace shiftwise::model
