// SPDX-License-Identifier: Apache-2.0
// shiftwise kernel build, as a person would use it.
#ifdef SHIFTWISE_NPU
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "cli/program.h"
#include "data/scratch_folder.h"

namespace shiftwise::cli {
namespace {

/// The compiler is looked up in $PATH, which tests do not inherit.
const Surroundings kWithCompiler{.environment = {{"PATH", "/usr/bin:/bin:/usr/local/bin"}}};

class KernelVerb : public testing::Test {
 protected:
  std::string source(const std::string& text) const {
    const auto path = scratch_.path() / "k.cc";
    std::ofstream(path) << text;
    return path.string();
  }
  std::string library() const { return (scratch_.path() / "k.so").string(); }

 private:
  data::ScratchFolder scratch_;
};

constexpr const char* kKernel = R"(
#include <aie_api/aie.hpp>
extern "C" void NAME(int8_t* in, int8_t* out) { aie::store_v(out, aie::load_v<32>(in)); }
)";

TEST_F(KernelVerb, BuildsWhatADesignCanCallAndSaysWhat) {
  const Outcome outcome = shiftwise(
      {"kernel", "build", source(kKernel), "-o", library(), "--json", "--", "-DNAME=copy"},
      kWithCompiler);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["functions"], (std::vector<std::string>{"copy"}));
  EXPECT_EQ(outcome.json()["library"], library());
  EXPECT_TRUE(std::filesystem::exists(library()));
  const auto documented = documented_fields("kernel");
  for (const std::string& field : fields(outcome.json())) {
    EXPECT_NE(std::find(documented.begin(), documented.end(), field.substr(0, field.find('['))),
              documented.end())
        << field;
  }
}

TEST_F(KernelVerb, ShowsTheCompilersMessage) {
  const Outcome outcome =
      shiftwise({"kernel", "build", source("extern \"C\" void f() { g(); }\n"), "-o", library()},
                kWithCompiler);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("could not compile the kernel"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("was not declared"), std::string::npos) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(library()));
}

TEST_F(KernelVerb, KnowsNoOtherAction) {
  const Outcome outcome = shiftwise({"kernel", "run", source("")}, kWithCompiler);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "shiftwise: kernel has no 'run'\n  try:   shiftwise kernel build FILE.cc\n");
}

TEST_F(KernelVerb, WarnsWhereNothingCanBeCalled) {
  const Outcome outcome =
      shiftwise({"kernel", "build", source("static int x;\n"), "-o", library()}, kWithCompiler);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("no function can be called"), std::string::npos);
}

}  // namespace
}  // namespace shiftwise::cli
#endif
