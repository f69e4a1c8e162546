// SPDX-License-Identifier: Apache-2.0
// What a call refuses, and in which words.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "core/diagnostic.h"

namespace shiftwise::graph {

/// The text of the Error that `call` throws; "accepted" where it throws none.
template <typename Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.what();
  }
  return "accepted";
}

/// Whether every one of `parts` is in `text`.
template <typename... Parts>
testing::AssertionResult says(const std::string& text, const Parts&... parts) {
  for (const std::string& part : std::initializer_list<std::string>{parts...}) {
    if (text.find(part) == std::string::npos) {
      return testing::AssertionFailure() << "no '" << part << "' in:\n" << text;
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace shiftwise::graph
