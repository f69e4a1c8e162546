// SPDX-License-Identifier: Apache-2.0
// What a design would do on a machine that differs in a few numbers: those numbers by name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "target/device.h"

namespace shiftwise::target {

/// Other values for numbers of a machine, by name, applied in order.
using Facts = std::vector<std::pair<std::string, double>>;

/// Every name that set_fact takes: "compute.dma_channels", ..., and the constants of the timing
/// by their own names.
std::vector<std::string> fact_names();

/// Throws Error for an unknown name.
double fact(const Device& device, const std::string& name);
/// Replaces one number. Throws Error for an unknown name or an absurd value.
void set_fact(Device& device, const std::string& name, double value);

/// Throws Error for an unknown name or an absurd value, whatever the device.
void require_facts(const Facts& facts);

/// The device of that name with those numbers. Throws Error as find_device and set_fact do.
Device find_device(const std::string& name, const Facts& facts);

/// "compute.dma_channels 1 (not 2)", for each that differs from the device of `name`.
std::vector<std::string> differences(const std::string& name, const Facts& facts);

/// A JSON object of numbers: {"stream_words_per_cycle": 0.5, "compute": {"dma_channels": 1}}.
/// Throws Error with the file and the field for what is no such object, an unknown name or an
/// absurd value.
Facts read_facts(const std::string& path);

}  // namespace shiftwise::target
