// SPDX-License-Identifier: Apache-2.0
// The integers on the simulated array, from the command line.
#include "cli/quantized.h"

namespace shiftwise::cli {
namespace {

Arguments eval_on(const std::string& backend, const std::string& model,
                  const Arguments& more = {}) {
  Arguments arguments{
      "eval", model,        "--data",    sample_data(), "--json",           "--images",
      "40",   "--verify=5", "--backend", backend,       "--images-per-run", "8"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(Quantized, EvalsFieldsAreTheDocumentedOnes) {
  EXPECT_EQ(fields_of_any({shiftwise(eval_on("cpu", model())).json(),
                           shiftwise(eval_on("sim", model())).json()}),
            documented_fields("eval"));
}

TEST_F(Quantized, EvalOnTheSimulatedArrayVerifiesEveryImageAndCountsBoth) {
  for (const char* mapping : {"published", "balanced"}) {
    const Outcome outcome = shiftwise(eval_on("sim", model(), {"--mapping", mapping}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto json = outcome.json();
    EXPECT_EQ(json["verify"]["images"], 5);
    EXPECT_TRUE(json["verify"]["difference"].is_null());
    EXPECT_EQ(json["verify_output"]["images"], 40);
    EXPECT_TRUE(json["verify_output"]["difference"].is_null());
    EXPECT_EQ(json["verify_output"]["elements"], 40 * 16 * 32 * 32);
    EXPECT_EQ(json["placements"].size(), 9u);
    for (const auto& layer : json["placements"]) {
      EXPECT_NE(layer["where"], "cpu") << layer["layer"];
    }
  }
}

TEST_F(Quantized, EvalOnTheArrayGivesWhatTheCpuGives) {
  auto expected = shiftwise(eval_on("cpu", model())).json();
  auto got = shiftwise(eval_on("sim", model(), {"-j", "1"})).json();
  for (const char* field : {"integer_top1", "float_top1", "agreement", "sqnr_db"}) {
    EXPECT_EQ(expected[field], got[field]) << field;
  }
}

TEST_F(Quantized, EvalSaysInWhatTheArrayIsAnotherOne) {
  const Arguments setting{"--set", "stream_words_per_cycle=0.5"};
  EXPECT_SAYS(shiftwise(eval_on("sim", model(), setting)).json()["notes"].dump(),
              "this is not npu1 as it is: stream_words_per_cycle 0.5 (not 1)");
  EXPECT_EQ(shiftwise(eval_on("cpu", model(), setting)).json()["notes"].dump().find("as it is"),
            std::string::npos);
}

TEST_F(Quantized, EvalSaysWhatKernelsWithoutBiasesCost) {
  const std::string published = path("published");
  ASSERT_EQ(shiftwise(quick_quantize(published, {"--residual", "published"})).code, 0);
  const Outcome outcome =
      shiftwise(eval_on("sim", published, {"--kernel-abi", "mlir-aie", "--mapping", "published"}));
  // A basic block ends with a 3x3 that adds: mlir-aie has no such kernel.
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "only a 1x1 convolution's kernel adds a residual");
}

TEST_F(Quantized, OurOwnKernelsStayInsideOfWhatTheyAreGiven) {
  const Outcome outcome = shiftwise(eval_on("sim", model(), {"--check", "full"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find("not checked at each access"), std::string::npos) << outcome.out;
}

TEST_F(Quantized, TheNpuIsMissingAndDoctorSaysWhatToInstall) {
  const Outcome outcome = shiftwise(eval_on("xrt", model()));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "the backend 'xrt' cannot run here");
  EXPECT_SAYS(shiftwise({"doctor"}).out, "xrt");
}

TEST_F(Quantized, UnknownArraysMappingsAndKernelsAreRefusedByName) {
  EXPECT_SAYS(shiftwise(eval_on("sim", model(), {"--target", "npu3"})).err, "npu3");
  EXPECT_SAYS(shiftwise(eval_on("sim", model(), {"--mapping", "balance"})).err, "'balanced'");
  EXPECT_SAYS(shiftwise(eval_on("sim", model(), {"--kernel-abi", "mlir"})).err, "mlir-aie");
}

}  // namespace
}  // namespace shiftwise::cli
