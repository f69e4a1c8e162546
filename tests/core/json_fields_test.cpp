// SPDX-License-Identifier: Apache-2.0
#include "core/json_fields.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace shiftwise::core {
namespace {

using Json = JsonFields::Json;

const Json kObject = Json::parse(R"({
  "text": "a", "yes": true, "seven": 7, "huge": 18446744073709551615, "half": 0.5,
  "far": 1e300, "list": [1, 2], "mixed": ["a", 1], "inner": {"x": 1}, "inners": [{"x": 2}]
})");

void refuse(const std::string& where, const std::string& why) {
  throw std::runtime_error(where + ": " + why);
}

JsonFields fields() { return {kObject, "here", refuse}; }

template <typename Access>
std::string refusal(Access access) {
  try {
    JsonFields object = fields();
    access(object);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(JsonFields, GivesWhatFits) {
  JsonFields object = fields();
  EXPECT_EQ(object.text("text"), "a");
  EXPECT_TRUE(object.boolean("yes"));
  EXPECT_EQ(object.integer("seven", 7, 7), 7);
  EXPECT_EQ(object.real("half"), .5F);
  EXPECT_EQ(object.integers("list", 0, 2), (std::vector<int>{1, 2}));
  EXPECT_EQ(object.reals("list"), (std::vector<float>{1, 2}));
  EXPECT_EQ(object.object("inner").integer("x", 0, 9), 1);
  EXPECT_EQ(object.objects("inners").at(0).integer("x", 0, 9), 2);
}

TEST(JsonFields, RefusesWithPlaceAndName) {
  const auto of = [](auto access) { return refusal(access); };
  EXPECT_EQ(of([](JsonFields& f) { f.text("gone"); }), "here: 'gone' is missing");
  EXPECT_EQ(of([](JsonFields& f) { f.text("seven"); }), "here: 'seven' is no text");
  EXPECT_EQ(of([](JsonFields& f) { f.boolean("seven"); }),
            "here: 'seven' is neither true nor false");
  EXPECT_EQ(of([](JsonFields& f) { f.integer("seven", 0, 6); }),
            "here: 'seven' is no integer of 0 to 6");
  EXPECT_EQ(of([](JsonFields& f) { f.integer("seven", 8, 9); }),
            "here: 'seven' is no integer of 8 to 9");
  EXPECT_EQ(of([](JsonFields& f) { f.integer("huge", -1, 6); }),
            "here: 'huge' is no integer of -1 to 6");
  EXPECT_EQ(of([](JsonFields& f) { f.integer("half", 0, 1); }),
            "here: 'half' is no integer of 0 to 1");
  EXPECT_EQ(of([](JsonFields& f) { f.real("far"); }), "here: 'far' is no float32");
  EXPECT_EQ(of([](JsonFields& f) { f.list("half"); }), "here: 'half' is no list");
  EXPECT_EQ(of([](JsonFields& f) { f.texts("mixed"); }),
            "here: 'mixed' holds something that is no text");
  EXPECT_EQ(of([](JsonFields& f) { f.object("list"); }), "here, list: it is no JSON object");
  EXPECT_EQ(of([](JsonFields& f) { f.objects("list"); }), "here, list 0: it is no JSON object");
}

TEST(JsonFields, RefusesWhatNobodyAskedFor) {
  EXPECT_EQ(refusal([](JsonFields& f) {
              for (const auto& [key, value] : kObject.items()) {
                if (key != "huge") f.at(key.c_str());
              }
              f.refuse_others();
            }),
            "here: its field 'huge' is unknown");
}

}  // namespace
}  // namespace shiftwise::core
