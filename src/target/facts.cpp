// SPDX-License-Identifier: Apache-2.0
#include "target/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "target/named_number.h"
#include "target/number_file.h"

namespace shiftwise::target {
namespace {

struct Number {
  std::string_view name;
  NumberRange range;
  double (*get)(const Device& device);
  void (*set)(Device& device, double value);
};

template <auto kMember>
constexpr Number of_device(std::string_view name, double least, double most) {
  return {name,
          {least, most, /*whole=*/true},
          [](const Device& device) { return static_cast<double>(device.*kMember); },
          [](Device& device, double value) {
            device.*kMember =
                static_cast<std::remove_reference_t<decltype(device.*kMember)>>(value);
          }};
}

template <auto kTile, auto kMember>
constexpr Number of_tile(std::string_view name, double least, double most) {
  return {name,
          {least, most, /*whole=*/true},
          [](const Device& device) { return static_cast<double>(device.*kTile.*kMember); },
          [](Device& device, double value) {
            auto& number = device.*kTile.*kMember;
            number = static_cast<std::remove_reference_t<decltype(number)>>(value);
          }};
}

constexpr double kLeastMemory = 1024;
constexpr double kMostMemory = 1 << 24;
constexpr double kMostChannels = 16;
constexpr double kMostDescriptors = 64;
constexpr double kMostLocks = 64;
constexpr double kMostTasks = 64;

/// Not the columns: devices of fewer have names of their own.
constexpr Number kNumbers[] = {
    of_device<&Device::compute_rows>("compute_rows", 1, 16),
    of_device<&Device::lock_max>("lock_max", 1, 1023),
    of_tile<&Device::compute, &TileFacts::memory_bytes>("compute.memory_bytes", kLeastMemory,
                                                        kMostMemory),
    of_tile<&Device::compute, &TileFacts::dma_channels>("compute.dma_channels", 1, kMostChannels),
    of_tile<&Device::compute, &TileFacts::descriptors>("compute.descriptors", 1, kMostDescriptors),
    of_tile<&Device::compute, &TileFacts::locks>("compute.locks", 1, kMostLocks),
    of_tile<&Device::compute, &TileFacts::queue_depth>("compute.queue_depth", 1, kMostTasks),
    of_tile<&Device::mem, &TileFacts::memory_bytes>("mem.memory_bytes", kLeastMemory, kMostMemory),
    of_tile<&Device::mem, &TileFacts::dma_channels>("mem.dma_channels", 1, kMostChannels),
    of_tile<&Device::mem, &TileFacts::descriptors>("mem.descriptors", 1, kMostDescriptors),
    of_tile<&Device::mem, &TileFacts::locks>("mem.locks", 1, kMostLocks),
    of_tile<&Device::mem, &TileFacts::queue_depth>("mem.queue_depth", 1, kMostTasks),
    of_tile<&Device::shim, &TileFacts::dma_channels>("shim.dma_channels", 1, kMostChannels),
    of_tile<&Device::shim, &TileFacts::descriptors>("shim.descriptors", 1, kMostDescriptors),
    of_tile<&Device::shim, &TileFacts::locks>("shim.locks", 1, kMostLocks),
    of_tile<&Device::shim, &TileFacts::queue_depth>("shim.queue_depth", 1, kMostTasks),
};

const Number* find_number(const std::string& name) {
  const auto* found = std::ranges::find(kNumbers, name, &Number::name);
  return found == std::end(kNumbers) ? nullptr : found;
}

const TimingConstant& find_constant(const std::string& name) {
  const std::span<const TimingConstant> all = timing_constants();
  const auto found = std::ranges::find(all, name, &TimingConstant::name);
  if (found != all.end()) return *found;
  throw core::Error({.what = fmt::format("an array has no number '{}'", name),
                     .hint = core::suggest(name, fact_names())});
}

}  // namespace

std::vector<std::string> fact_names() {
  std::vector<std::string> result;
  for (const Number& number : kNumbers) result.emplace_back(number.name);
  for (const TimingConstant& constant : timing_constants()) result.emplace_back(constant.name);
  return result;
}

double fact(const Device& device, const std::string& name) {
  const Number* number = find_number(name);
  return number != nullptr ? number->get(device) : value(device.timing, find_constant(name));
}

void set_fact(Device& device, const std::string& name, double value) {
  const Number* number = find_number(name);
  if (number == nullptr) {
    find_constant(name);
    return set_constant(device.timing, name, value);
  }
  require_in_range(name, value, number->range);
  number->set(device, value);
}

Device find_device(const std::string& name, const Facts& facts) {
  Device device = find_device(name);
  for (const auto& [fact, value] : facts) set_fact(device, fact, value);
  return device;
}

std::vector<std::string> differences(const std::string& name, const Facts& facts) {
  const Device stock = find_device(name);
  const Device altered = find_device(name, facts);
  std::vector<std::string> result;
  for (const std::string& each : fact_names()) {
    const double is = fact(altered, each);
    const double was = fact(stock, each);
    if (is != was) result.push_back(fmt::format("{} {} (not {})", each, is, was));
  }
  return result;
}

void require_facts(const Facts& facts) {
  find_device("npu1", facts);  // the ranges are the same for all
}

Facts read_facts(const std::string& path) {
  Facts result = read_numbers(path);
  try {
    require_facts(result);
  } catch (const core::Error& error) {
    core::Diagnostic diagnostic = error.diagnostic();
    diagnostic.where = path;
    throw core::Error(std::move(diagnostic));
  }
  return result;
}

}  // namespace shiftwise::target
