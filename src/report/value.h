// SPDX-License-Identifier: Apache-2.0
// One result, as a program reads it and as a person does.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace shiftwise::report {

struct Value {
  nlohmann::ordered_json json;
  std::string text;
};

Value text(std::string value);
/// Text for people only where it says something: an empty one is null in JSON and "-" here.
Value optional_text(std::string value);
Value yes_no(bool value);
/// A label-like integer: an exponent, a shift.
Value integer(std::int64_t value);
/// A quantity: 10000 reads "10,000".
Value count(std::int64_t value);
Value real(double value, int decimals);
/// A fraction of one; reads "86.64 %".
Value percent(double fraction);
/// Infinite (no error at all) is null in JSON and reads "exact".
Value decibels(double value);
Value seconds(double value);
/// Nothing to say here: null, and "-".
Value none();

/// "12.3 MiB"
std::string bytes_text(double bytes);
/// "0.4 s", "38 s", "4 min 05 s", "2 h 10 min"
std::string duration_text(double seconds);

}  // namespace shiftwise::report
