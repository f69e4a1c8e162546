// SPDX-License-Identifier: Apache-2.0
#include "report/value.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

namespace shiftwise::report {

Value text(std::string value) { return {value, std::move(value)}; }

Value optional_text(std::string value) { return value.empty() ? none() : text(std::move(value)); }

Value yes_no(bool value) { return {value, value ? "yes" : "no"}; }

Value integer(std::int64_t value) { return {value, fmt::format("{}", value)}; }

Value count(std::int64_t value) {
  std::string digits = fmt::format("{}", value);
  for (std::ptrdiff_t i = std::ssize(digits) - 3; i > (value < 0 ? 1 : 0); i -= 3) {
    digits.insert(static_cast<std::size_t>(i), 1, ',');
  }
  return {value, digits};
}

Value real(double value, int decimals) {
  if (!std::isfinite(value)) return none();
  return {value, fmt::format("{:.{}f}", value, decimals)};
}

Value percent(double fraction) { return {fraction, fmt::format("{:.2f} %", 100 * fraction)}; }

Value decibels(double value) {
  if (!std::isfinite(value)) return {nullptr, "exact"};
  return {value, fmt::format("{:.2f} dB", value)};
}

Value seconds(double value) { return {value, duration_text(value)}; }

Value none() { return {nullptr, "-"}; }

std::string bytes_text(double bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, kUnits[unit]);
}

std::string duration_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace shiftwise::report
