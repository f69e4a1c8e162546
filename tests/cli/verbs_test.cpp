// SPDX-License-Identifier: Apache-2.0
// The verbs that read what quantize wrote, and those that need nothing.
#include <gtest/gtest.h>

#include "cli/quantized.h"
#include "data/picture_writers.h"

namespace shiftwise::cli {
namespace {

namespace fs = std::filesystem;

TEST_F(Quantized, InspectShowsACheckpoint) {
  const Outcome outcome = shiftwise({"inspect", small_network(), "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json["family"], "CIFAR ResNet-20");
  EXPECT_EQ(json["shortcut"], "option A");
  EXPECT_EQ(json["normalization"]["from"], "the checkpoint");
  EXPECT_EQ(json["class_names"][3], "cat");
  EXPECT_EQ(json["stages"][1]["output"], "16x32x32");
  std::int64_t macs = 0;
  for (const auto& stage : json["stages"]) macs += stage["macs"].get<std::int64_t>();
  EXPECT_EQ(json["macs"], macs);
  EXPECT_SAYS(shiftwise({"inspect", small_network(), "--mean", "0,0,0"}).out, "from --mean/--std");
}

TEST_F(Quantized, InspectShowsAQuantizedModel) {
  const Outcome outcome = shiftwise({"inspect", model(), "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["kind"], "quantized");
  EXPECT_EQ(outcome.json()["calibration_images"], 16);
  EXPECT_EQ(outcome.json()["layers"].size(), 10u) << "nine and the input";
}

TEST_F(Quantized, InspectsFieldsAreTheDocumentedOnes) {
  EXPECT_EQ(fields_of_any({shiftwise({"inspect", small_network(), "--json"}).json(),
                           shiftwise({"inspect", model(), "--json"}).json()}),
            documented_fields("inspect"));
}

Arguments quick_eval(const std::string& model, const Arguments& more = {}) {
  Arguments arguments{"eval", model, "--data", sample_data(), "--images", "200"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(Quantized, EvalMeasuresBothNetworksOnTheSameImages) {
  const Outcome outcome = shiftwise(quick_eval(model(), {"--verify=5", "--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json["images"], 200);
  EXPECT_GT(json["float_top1"]["fraction"], 0.65);
  EXPECT_NEAR(json["integer_top1"]["fraction"].get<double>(),
              json["float_top1"]["fraction"].get<double>(), 0.03);
  EXPECT_LT(json["integer_top1"]["ci95_low"], json["integer_top1"]["fraction"]);
  EXPECT_GT(json["agreement"], 0.95);
  EXPECT_EQ(json["verify"]["images"], 5);
  EXPECT_TRUE(json["verify"]["difference"].is_null());
  EXPECT_TRUE(json["warnings"].empty());
}

TEST_F(Quantized, EvalTellsPeopleTheCountTheBaselineAndTheInterval) {
  const Outcome outcome = shiftwise(quick_eval(model()));
  for (const char* part : {"images                200", "float top-1", "integer top-1",
                           "95 % confidence", "agreement", " of 200;"}) {
    EXPECT_SAYS(outcome.out, part);
  }
}

TEST_F(Quantized, EvalGivesTheSameOnEveryBackendAndThreadCount) {
  const auto fast = shiftwise(quick_eval(model(), {"--json", "--images", "20"}));
  EXPECT_EQ(fast.code, 1) << "--images twice";
  Arguments arguments{"eval", model(), "--data", sample_data(), "--images", "24", "--json"};
  auto expected = shiftwise(arguments).json();
  arguments.insert(arguments.end(), {"--backend", "reference", "-j", "1"});
  auto got = shiftwise(arguments).json();
  for (auto* json : {&expected, &got}) {
    json->erase("seconds");
    json->erase("backend");
  }
  EXPECT_EQ(expected, got);
}

TEST_F(Quantized, EvalWithoutFloatSaysNothingAboutFloat) {
  const auto json = shiftwise(quick_eval(model(), {"--no-float", "--json"})).json();
  EXPECT_FALSE(json.contains("float_top1"));
  EXPECT_FALSE(json.contains("agreement"));
  EXPECT_TRUE(json.contains("integer_top1"));
}

TEST_F(Quantized, EvalSuspectsTheNormalisationWhereFloatItselfIsBad) {
  ASSERT_EQ(shiftwise(quick_quantize(path("wrong"), {"--mean", "9,9,9"})).code, 0);
  const Outcome outcome = shiftwise(quick_eval(path("wrong")));
  EXPECT_EQ(outcome.code, 0);
  for (const char* part : {"warning: ", "--mean", "--std", "--labels"}) {
    EXPECT_SAYS(outcome.out, part);
  }
  EXPECT_EQ(shiftwise(quick_eval(model())).out.find("warning"), std::string::npos);
}

TEST_F(Quantized, BrokenFoldersAreRefusedByEveryVerb) {
  const std::string header = path("header");
  const std::string cut = path("cut");
  for (const std::string& copy : {header, cut}) fs::copy(model(), copy);
  std::string bytes = bytes_of(model() + "/model.safetensors");
  core::write_file(cut + "/model.safetensors", std::string_view(bytes).substr(0, 5000));
  bytes.replace(bytes.find("\\\"e_x\\\":"), 9, "\\\"e_y\\\":");
  core::write_file(header + "/model.safetensors", bytes);
  for (const std::string& broken : {path("nothing"), header, cut, small_network()}) {
    for (const Arguments& arguments : {Arguments{"eval", broken, "--data", sample_data()},
                                       Arguments{"run", broken, sample_data() + "/test_batch.bin"},
                                       Arguments{"diff", broken, model()}}) {
      const Outcome outcome = shiftwise(arguments);
      EXPECT_EQ(outcome.code, 2) << arguments[0] << " " << broken << "\n" << outcome.err;
      EXPECT_SAYS(outcome.err, broken);
    }
  }
  EXPECT_EQ(shiftwise({"inspect", cut}).code, 2);
}

TEST_F(Quantized, RunGivesAPictureAndARecordTheSameAnswer) {
  const core::MappedFile batch(sample_data() + "/test_batch.bin");
  const std::string record(batch.text().substr(0, 3073));
  scratch_.write("one.bin", record);
  data::PngRecipe png{.width = 32, .height = 32};
  for (std::size_t i = 0; i < 1024; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      png.samples.push_back(static_cast<std::uint8_t>(record[1 + c * 1024 + i]));
    }
  }
  scratch_.write("one.png", data::png_file(png));
  const auto run = [&](const std::string& file) {
    return shiftwise({"run", model(), path(file), "--json"}).json();
  };
  const auto json = run("one.bin");
  EXPECT_EQ(fields(json), documented_fields("run"));
  const auto& image = json["images"][0];
  EXPECT_EQ(image["label"], "cat");
  EXPECT_EQ(image["top5"].size(), 5u);
  EXPECT_GT(image["top5"][0]["probability"], image["top5"][1]["probability"]);
  EXPECT_EQ(image["float"].size(), 1u);
  EXPECT_EQ(run("one.png")["images"][0]["top5"], image["top5"]);
  EXPECT_EQ(run("one.png")["images"][0]["image"], "one.png");
}

TEST_F(Quantized, RunRefusesWhatIsNoPictureOrHasAnotherSize) {
  scratch_.write("text.png", "hello");
  EXPECT_EQ(shiftwise({"run", model(), path("text.png")}).code, 2);
  EXPECT_EQ(shiftwise({"run", model(), path("missing.png")}).code, 2);
  scratch_.write("tiny.png", data::png_file({.samples = {1, 2, 3}}));
  const Outcome outcome = shiftwise({"run", model(), path("tiny.png")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "they are 3x1x1, the network takes 3x32x32");
}

Arguments quick_diff(const Arguments& more) {
  Arguments arguments{"diff", "--data", sample_data(), "--images", "3"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(Quantized, DiffOfEqualModelsIsZero) {
  const Outcome outcome = shiftwise(quick_diff({model(), model(), "--json"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(fields(outcome.json()), documented_fields("diff"));
  EXPECT_EQ(outcome.json()["equal"], true);
  EXPECT_EQ(outcome.json()["run"]["images"], 3);
  EXPECT_GT(outcome.json()["run"]["elements"], 3 * 16 * 32 * 32);
  EXPECT_GT(outcome.json()["parameters"]["elements"], 250'000);
}

TEST_F(Quantized, DiffFindsOneChangedWeightAndNamesIt) {
  const std::string changed = with_changed_byte("layer1.1.conv1.weight", 9 * 16 * 2 + 5);
  const Outcome outcome = shiftwise(quick_diff({model(), changed}));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_SAYS(outcome.out, "layer1.1.conv1.weight at [2, 0, 1, 2]: expected ");
  EXPECT_SAYS(outcome.out, "(1 such elements)");
  const auto json = shiftwise(quick_diff({model(), changed, "--json"})).json();
  EXPECT_EQ(json["difference"]["what"], "layer1.1.conv1.weight");
  EXPECT_EQ(json["equal"], false);
}

TEST_F(Quantized, DiffNamesAChangedFloatToo) {
  EXPECT_SAYS(shiftwise(quick_diff({model(), with_changed_byte("float.linear.bias", 4)})).out,
              "float.linear.bias at [2]");
}

TEST_F(Quantized, DiffNamesBothExponentsBeforeAnyWeight) {
  ASSERT_EQ(shiftwise(quick_quantize(path("seed"), {"--preset", "seed"})).code, 0);
  const Outcome outcome = shiftwise(quick_diff({model(), path("seed")}));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_SAYS(outcome.out, "first difference  element of ");
}

TEST_F(Quantized, DiffComparesTwoBackendsOfOneModel) {
  const Outcome outcome =
      shiftwise(quick_diff({model(), "--backend", "cpu", "--backend", "reference"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_SAYS(outcome.out, "codes of 3 images, all equal");
}

TEST(Doctor, TellsWhatThisMachineHas) {
  const Surroundings sample{.environment = {{"SHIFTWISE_DATA", sample_data()}}};
  const Outcome outcome = shiftwise({"doctor", "--json"}, sample);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(fields(json), documented_fields("doctor"));
  EXPECT_EQ(json["kernels"][0]["name"], "portable");
  EXPECT_EQ(json["data"][1]["images"], 1000);
#ifdef SHIFTWISE_NPU
  EXPECT_SAYS(shiftwise({"doctor"}).out, "this build has no XRT");
#endif
}

TEST(Doctor, ShowsTheForcedKernels) {
  const Surroundings forced{.environment = {{"SHIFTWISE_KERNEL", "portable"}}};
  EXPECT_EQ(shiftwise({"doctor", "--json"}, forced).json()["kernel"], "portable");
  const Surroundings wrong{.environment = {{"SHIFTWISE_KERNEL", "abacus"}}};
  const Outcome outcome = shiftwise({"doctor"}, wrong);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_SAYS(outcome.err, "abacus");
}

TEST(Data, RefusesSourcesThatAreNotThere) {
  const data::ScratchFolder scratch;
  const std::string output = (scratch.path() / "cifar10").string();
  EXPECT_EQ(shiftwise({"data", "cifar10", "--from", "/no/such/folder", "-o", output}).code, 2);
  const Outcome outcome =
      shiftwise({"data", "cifar10", "--url", "http://127.0.0.1:1/cifar.tar.gz", "-o", output});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "127.0.0.1");
  EXPECT_FALSE(fs::exists(output));
}

}  // namespace
}  // namespace shiftwise::cli
