// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "cli/quantized.h"

namespace shiftwise::cli {
namespace {

namespace fs = std::filesystem;

/// Everything in a folder, hidden or not.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The first records of the sample's training images.
std::string training_records(std::size_t count) {
  const core::MappedFile file(sample_data() + "/data_batch_1.bin");
  return std::string(file.text().substr(0, count * 3073));
}

TEST_F(Quantized, HoldsTheModelItsTableAndTheReport) {
  EXPECT_EQ(names_in(model()),
            (std::vector<std::string>{"model.safetensors", "report.json", "scales.json"}));
  EXPECT_EQ(names_in(scratch_.path()), std::vector<std::string>{"model"});
}

TEST_F(Quantized, JsonHasTheDocumentedFields) {
  const Outcome outcome = shiftwise(quick_quantize(path("other"), {"--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(fields(outcome.json()), documented_fields("quantize"));
  EXPECT_EQ(outcome.json()["layers"].size(), 9u);
  EXPECT_EQ(outcome.json()["calibration_images"], 16);
}

TEST_F(Quantized, DoesNotDependOnThreadsPathsOrTheClock) {
  fs::create_directories(path("elsewhere"));
  fs::copy_file(sample_data() + "/data_batch_1.bin", path("elsewhere") + "/data_batch_1.bin");
  fs::copy_file(sample_data() + "/batches.meta.txt", path("elsewhere") + "/batches.meta.txt");
  ASSERT_EQ(shiftwise(quick_quantize(path("other"), {"-j", "1", "--data", path("elsewhere")})).code,
            1)
      << "--data twice";
  Arguments arguments = quick_quantize(path("other"), {"-j", "1"});
  arguments[5] = path("elsewhere");
  ASSERT_EQ(shiftwise(arguments).code, 0);
  for (const std::string& name : names_in(model())) {
    EXPECT_EQ(bytes_of(fs::path(path("other")) / name), bytes_of(fs::path(model()) / name)) << name;
  }
}

TEST_F(Quantized, IsReplacedOnlyWithForce) {
  const Outcome refused = shiftwise(quick_quantize(model()));
  EXPECT_EQ(refused.code, 1);
  EXPECT_SAYS(refused.err, "exists already");
  EXPECT_SAYS(refused.err, "--force");
  EXPECT_EQ(shiftwise(quick_quantize(model(), {"--force", "--preset", "seed"})).code, 0);
  EXPECT_SAYS(bytes_of(model() + "/scales.json"), "\"preset\": \"seed\"");
}

TEST_F(Quantized, ForceNeverReplacesWhatShiftwiseDidNotWrite) {
  scratch_.write("mine/model.safetensors", "precious");
  const Outcome refused = shiftwise(quick_quantize(path("mine"), {"--force"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_SAYS(refused.err, "did not write");
  EXPECT_EQ(bytes_of(path("mine/model.safetensors")), "precious");
}

TEST_F(Quantized, NoTestImageIsOpened) {
  // Opening a FIFO that nobody writes to blocks for ever; so would this test.
  const std::string records = training_records(16);
  scratch_.write("data/data_batch_1.bin", records);
  scratch_.write("data/batches.meta.txt", bytes_of(sample_data() + "/batches.meta.txt"));
  ASSERT_EQ(::mkfifo(path("data/test_batch.bin").c_str(), 0644), 0);
  Arguments arguments = quick_quantize(path("blind"));
  arguments[5] = path("data");
  ASSERT_EQ(shiftwise(arguments).code, 0);

  fs::remove(path("data/test_batch.bin"));
  scratch_.write("data/test_batch.bin", "garbage");
  arguments[3] = path("garbage");
  ASSERT_EQ(shiftwise(arguments).code, 0);

  fs::remove(path("data/test_batch.bin"));
  arguments[3] = path("absent");
  ASSERT_EQ(shiftwise(arguments).code, 0);
  for (const std::string& name : names_in(path("blind"))) {
    EXPECT_EQ(bytes_of(path("blind/" + name)), bytes_of(path("garbage/" + name)));
    EXPECT_EQ(bytes_of(path("blind/" + name)), bytes_of(path("absent/" + name)));
  }
}

/// Calibrates on 10,000 images, and stops the program by `signal` in the middle of it.
Outcome interrupted(const data::ScratchFolder& scratch, const std::string& output, int signal) {
  std::string records;
  for (int i = 0; i < 40; ++i) records += training_records(256);
  scratch.write("long/data_batch_1.bin", records);
  Surroundings surroundings;
  surroundings.meanwhile = [&](int process) {
    const auto started = [&] {
      for (const std::string& name : names_in(scratch.path())) {
        if (name.ends_with(".tmp")) return true;
      }
      return false;
    };
    for (int i = 0; i < 5000 && !started(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ::kill(process, signal);
  };
  return shiftwise({"quantize", small_network(), "-o", output, "--force", "--data",
                    (scratch.path() / "long").string(), "--calibration-images", "0"},
                   surroundings);
}

TEST_F(Quantized, InterruptionLeavesNothingHalfWritten) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Outcome outcome = interrupted(scratch_, path("new"), signal);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_SAYS(outcome.err, "interrupted");
    EXPECT_EQ(names_in(scratch_.path()), (std::vector<std::string>{"long", "model"}));
  }
}

TEST_F(Quantized, InterruptionKeepsWhatWasToBeReplaced) {
  const std::string before = bytes_of(model() + "/model.safetensors");
  EXPECT_EQ(interrupted(scratch_, model(), SIGINT).code, 2);
  EXPECT_EQ(bytes_of(model() + "/model.safetensors"), before);
  EXPECT_EQ(names_in(scratch_.path()), (std::vector<std::string>{"long", "model"}));
}

TEST_F(Quantized, AFullDiskLeavesNothingHalfWritten) {
  const Outcome outcome = shiftwise(quick_quantize(path("new")), {.largest_file_bytes = 100'000});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "cannot write a file");
  EXPECT_SAYS(outcome.err, "model.safetensors");
  EXPECT_EQ(names_in(scratch_.path()), std::vector<std::string>{"model"});
}

TEST_F(Quantized, TooLittleMemoryIsAMessageNotACrash) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need address space themselves";
#endif
  // The least memory in which the program starts at all: its libraries take most of it. (With a
  // little more, oneDNN 2.6 is the one that runs out, and crashes.)
  std::uint64_t megabytes = 60;
  while (shiftwise({"--version"}, {.memory_bytes = megabytes << 20}).code != 0) megabytes += 2;
  const Outcome outcome =
      shiftwise(quick_quantize(path("new"), {"-j", "1"}), {.memory_bytes = megabytes << 20});
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_SAYS(outcome.err, "memory");
  EXPECT_EQ(names_in(scratch_.path()), std::vector<std::string>{"model"});
}

class QuantizeRefuses : public Quantized {
 protected:
  void SetUp() override {}

  /// The message; checks that the exit code is `code` and that nothing was left.
  std::string refusal(const Arguments& arguments, int code = 2) const {
    const auto before = names_in(scratch_.path());
    const Outcome outcome = shiftwise(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err.substr(0, 11), "shiftwise: ");
    EXPECT_EQ(names_in(scratch_.path()), before);
    return outcome.err;
  }

  std::string refusal_of_model(const std::string& model) const {
    Arguments arguments = quick_quantize(path("new"));
    arguments[1] = model;
    return refusal(arguments);
  }

  std::string refusal_of_data(const std::string& data) const {
    Arguments arguments = quick_quantize(path("new"));
    arguments[5] = data;
    return refusal(arguments);
  }
};

TEST_F(QuantizeRefuses, CheckpointsThatAreMissingOrBroken) {
  EXPECT_SAYS(refusal_of_model("/no/such/file.pt"), "/no/such/file.pt");
  EXPECT_SAYS(refusal_of_model(sample_data()), "it is a folder");
  const std::string whole = bytes_of(small_network());
  EXPECT_SAYS(refusal_of_model(
                  scratch_.write("cut.safetensors", whole.substr(0, whole.size() / 2)).string()),
              "cut.safetensors");
  EXPECT_SAYS(refusal_of_model(scratch_.write("text.pt", "hello").string()), "text.pt");
}

TEST_F(QuantizeRefuses, WeightsThatAreNoNumbers) {
  std::string bytes = bytes_of(small_network());
  const auto content = core::parse_safetensors(std::as_bytes(std::span(bytes)), "net");
  const core::StoredTensor& tensor = *content.find("layer1.1.conv1.weight");
  for (std::size_t i = 0; i < core::bytes_per_element(tensor.dtype); ++i) {
    bytes[tensor.offset + i] = static_cast<char>(0xff);
  }
  EXPECT_SAYS(refusal_of_model(scratch_.write("nan.safetensors", bytes).string()),
              "layer1.1.conv1");
}

TEST_F(QuantizeRefuses, CalibrationSetsThatAreMissingOrEmpty) {
  EXPECT_SAYS(refusal_of_data("/no/such/folder"), "/no/such/folder");
  fs::create_directories(path("empty"));
  EXPECT_SAYS(refusal_of_data(path("empty")), path("empty"));
  scratch_.write("nothing/data_batch_1.bin", "");
  EXPECT_SAYS(refusal_of_data(path("nothing")), "nothing");
  scratch_.write("cut/data_batch_1.bin", "abc");
  EXPECT_SAYS(refusal_of_data(path("cut")), "data_batch_1.bin");
}

TEST_F(QuantizeRefuses, ImagesOfAnotherSize) {
  const std::string text = refusal(quick_quantize(path("new"), {"--input-size", "24x24"}));
  EXPECT_SAYS(text, "they are 3x32x32, the network takes 3x24x24");
}

TEST_F(QuantizeRefuses, StagesThatTheNetworkDoesNotHave) {
  const std::string text = refusal(quick_quantize(path("new"), {"--offload", "conv2x"}), 1);
  EXPECT_SAYS(text, "did you mean 'conv2_x'");
  EXPECT_SAYS(refusal(quick_quantize(path("new"), {"--offload", "conv2_x,conv4_x"}), 1),
              "lies between them");
}

TEST_F(QuantizeRefuses, NamesThatDoNotFitTheClasses) {
  EXPECT_SAYS(refusal(quick_quantize(path("new"), {"--labels", "cat,dog"})),
              "2 names for 10 classes");
}

TEST_F(QuantizeRefuses, FoldersThatCannotBeMade) {
  const std::string file = scratch_.write("file", "").string();
  EXPECT_SAYS(refusal(quick_quantize(file + "/out")), "cannot make the output folder");
}

TEST_F(QuantizeRefuses, ToGuessWhereImagesAre) {
  const std::string copy = path("shiftwise");  // a program far from the sample
  fs::copy_file(SHIFTWISE_PROGRAM, copy);
  const Outcome outcome = run_program(copy, {"quantize", small_network(), "-o", path("new")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "SHIFTWISE_DATA is not set");
  EXPECT_SAYS(outcome.err, "shiftwise data cifar10");
  const Outcome told = run_program(
      copy, {"quantize", small_network(), "-o", path("new"), "--calibration-images", "8"},
      {.environment = {{"SHIFTWISE_DATA", sample_data()}}});
  EXPECT_EQ(told.code, 0);
  EXPECT_SAYS(told.out, "SHIFTWISE_DATA");
}

}  // namespace
}  // namespace shiftwise::cli
