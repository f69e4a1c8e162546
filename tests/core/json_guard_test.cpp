// SPDX-License-Identifier: Apache-2.0
#include "core/json_guard.h"

#include <gtest/gtest.h>

#include "core/diagnostic.h"

namespace shiftwise::core {
namespace {

using Json = nlohmann::ordered_json;

std::string refusal(const std::string& text) {
  try {
    parse_json<Json>(text, {.deepest = 3, .most_names = 2, .refuse = [](const std::string& why) {
                              throw Error({.what = why});
                            }});
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(ParseJson, GivesWhatFits) {
  const Json json = parse_json<Json>(R"({"b": [1, -2, 0.5, null, true, "x"], "a": {}})",
                                     {.deepest = 2, .most_names = 2, .refuse = {}});
  EXPECT_EQ(json.dump(), R"({"b":[1,-2,0.5,null,true,"x"],"a":{}})");
}

TEST(ParseJson, RefusesWhatIsNoJsonWithThePlace) {
  EXPECT_EQ(refusal("{\"a\""),
            "parse error at line 1, column 5: syntax error while parsing object separator - "
            "unexpected end of input; expected ':'");
  EXPECT_LT(refusal(std::string(100'000, '9')).size(), 400U);
}

TEST(ParseJson, RefusesNamesGivenTwiceInOneObjectOnly) {
  EXPECT_EQ(refusal(R"({"a": 1, "a": 2})"), "\"a\" appears twice");
  EXPECT_EQ(refusal(R"({"a": {"a": 2}, "b": {"a": 2}})"), "nothing was refused");
}

TEST(ParseJson, RefusesTooManyNamesAndTooDeepNesting) {
  EXPECT_EQ(refusal(R"({"a": 1, "b": 2, "c": 3})"), "an object in it has more than 2 names");
  EXPECT_EQ(refusal("[[[]], {}]"), "nothing was refused");
  EXPECT_EQ(refusal("[[[[]]]]"), "its JSON is nested deeper than the format allows");
}

/// Minutes with nlohmann's own callback, which looks for discarded values in the whole list
/// behind every object in it.
TEST(ParseJson, ALongListTakesTimeInProportionToItsLength) {
  std::string list = "[{}";
  for (int i = 0; i < 300'000; ++i) list += ",{}";
  EXPECT_EQ(refusal(list + "]"), "nothing was refused");
}

}  // namespace
}  // namespace shiftwise::core
