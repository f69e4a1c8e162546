// SPDX-License-Identifier: Apache-2.0
// How the program answers to its command line, whatever the verb.
#include <gtest/gtest.h>

#include <sstream>

#include "cli/program.h"
#include "core/file.h"
#include "data/scratch_folder.h"
#include "graph/refusal.h"

namespace shiftwise::cli {
namespace {

const std::vector<std::string> kVerbs{"inspect", "quantize", "eval",   "run",        "bench",
                                      "diff",    "data",     "doctor", "completion",
#ifdef SHIFTWISE_NPU
                                      "compile", "design",   "kernel", "simulate"
#endif
};

#define EXPECT_SAYS(text, part) EXPECT_TRUE(graph::says(text, part))

TEST(Usage, NoVerbShowsTheVerbsAndFails) {
  const Outcome outcome = shiftwise({});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  for (const std::string& verb : kVerbs) EXPECT_SAYS(outcome.err, "  " + verb);
}

TEST(Usage, HelpAndVersionAreAnswersNotErrors) {
  for (const char* option : {"--help", "-h", "help"}) {
    const Outcome outcome = shiftwise({option});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_SAYS(outcome.out, "usage: shiftwise VERB");
    EXPECT_EQ(outcome.err, "");
  }
  EXPECT_EQ(shiftwise({"--version"}).out.substr(0, 10), "shiftwise ");
  EXPECT_EQ(shiftwise({"eval", "--version"}).out, shiftwise({"--version"}).out);
}

TEST(Usage, EveryVerbsHelpHasExamples) {
  for (const std::string& verb : kVerbs) {
    const Outcome outcome = shiftwise({verb, "--help"});
    EXPECT_EQ(outcome.code, 0) << verb;
    EXPECT_SAYS(outcome.out, "Examples:\n  ");
    EXPECT_SAYS(outcome.out, "--json");
  }
}

TEST(Usage, MistypedNamesAreAnsweredWithNearOnes) {
  const auto refused = [](const Arguments& arguments, const std::string& near) {
    const Outcome outcome = shiftwise(arguments);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_SAYS(outcome.err, near);
  };
  refused({"quantise"}, "did you mean 'quantize'?");
  refused({"eval", "x", "--bakend", "cpu"}, "did you mean '--backend'?");
  refused({"eval", "x", "--imagse=3"}, "did you mean '--images'");
  refused({"quantize", "m", "-o", "x", "--preset", "acurate"}, "did you mean 'accurate'?");
  refused({"quantize", "m", "-o", "x", "--rounding", "conv-evn"}, "conv-even");
  refused({"data", "cifar-10"}, "did you mean 'cifar10'?");
  refused({"completion", "bahs"}, "did you mean 'bash'?");
}

TEST(Usage, WrongOptionsAreUsageErrors) {
  for (const Arguments& arguments :
       std::vector<Arguments>{{"eval"},
                              {"quantize", "model"},
                              {"eval", "x", "--images", "many"},
                              {"eval", "x", "--images", "-1"},
                              {"eval", "x", "-j", "-3"},
                              {"eval", "x", "--images"},
                              {"eval", "x", "y"},
                              {"inspect", small_network(), "--strides", "1,a"},
                              {"inspect", small_network(), "--strides", ","},
                              {"inspect", small_network(), "--input-size", "32"},
                              {"inspect", small_network(), "--mean", "0.5"},
                              {"inspect", small_network(), "--std", "1,0,1"},
                              {"inspect", small_network(), "--std", "1,inf,1"},
                              {"inspect", small_network(), "--mean", "nan,0,0"},
                              {"inspect", small_network(), "--stem-pool", "maybe"},
                              {"diff", "only-one"},
                              {"diff", "a", "b", "c"}}) {
    const Outcome outcome = shiftwise(arguments);
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_EQ(outcome.err.substr(0, 11), "shiftwise: ");
  }
}

TEST(Usage, AnImpossiblePathIsAnErrorLikeAnyOther) {
  const Outcome outcome = shiftwise({"inspect", std::string(5000, 'a')});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "shiftwise: cannot read a file");
  EXPECT_SAYS(outcome.err, "File name too long");
}

TEST(Usage, PrintedConfigurationsAreReadBack) {
  const data::ScratchFolder scratch;
  const Outcome printed =
      shiftwise({"quantize", "net.pt", "-o", "out", "--strides", "1,2,2", "--stem-stride", "2",
                 "--calibration-images", "12", "--force", "--print-config"});
  EXPECT_EQ(printed.code, 0);
  EXPECT_SAYS(printed.out, "strides=\"1,2,2\"");
  EXPECT_SAYS(printed.out, "# labels=");
  const std::string file = scratch.write("config.toml", printed.out).string();
  EXPECT_EQ(shiftwise({"quantize", "--config", file, "--print-config"}).out, printed.out);
  EXPECT_SAYS(
      shiftwise({"quantize", "--config", file, "--calibration-images", "5", "--print-config"}).out,
      "calibration-images=\"5\"");

  const Outcome two = shiftwise({"diff", "a", "b", "--backend", "cpu", "--print-config"});
  const std::string list = scratch.write("list.toml", two.out).string();
  EXPECT_EQ(shiftwise({"diff", "--config", list, "--print-config"}).out, two.out);
}

TEST(Usage, EmptyListsArePrintedAsNotGiven) {
  const Outcome printed = shiftwise({"diff", "a", "b", "--print-config"});
  EXPECT_EQ(printed.out.find("[]"), std::string::npos) << printed.out;
}

TEST(Usage, TheSeedPresetHasNoWideResidual) {
  const Outcome outcome =
      shiftwise({"quantize", "x.pt", "-o", "y", "--preset", "seed", "--residual", "wide"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("the seed preset has no wide residual"), std::string::npos);
  EXPECT_NE(shiftwise({"quantize", "x.pt", "-o", "y", "--residual", "wid"}).err.find("'wide'"),
            std::string::npos);
}

TEST(Usage, UnknownNamesInAConfigurationAreRefused) {
  const data::ScratchFolder scratch;
  const std::string file = scratch.write("config.toml", "imagse=\"3\"\n").string();
  const Outcome outcome = shiftwise({"eval", "x", "--config", file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_SAYS(outcome.err, "imagse");
  EXPECT_EQ(shiftwise({"eval", "x", "--config", "/no/such/file"}).code, 1);
}

TEST(Usage, CompletionScriptsCompleteVerbsAndOptions) {
  const auto completed = [](const std::string& words, const std::string& at) {
    return run_program(
               "/bin/bash",
               {"-c", "eval \"$(" SHIFTWISE_PROGRAM " completion bash)\"; COMP_WORDS=(" + words +
                          ") COMP_CWORD=" + at + "; _shiftwise; echo \"${COMPREPLY[@]}\""})
        .out;
  };
  EXPECT_EQ(completed("shiftwise ev", "1"), "eval\n");
  EXPECT_EQ(completed("shiftwise quantize --cal", "2"), "--calibration-images\n");
  EXPECT_EQ(completed("shiftwise eval --cal", "2"), "\n");
  EXPECT_SAYS(shiftwise({"completion", "zsh"}).out, "bashcompinit");
  EXPECT_SAYS(shiftwise({"completion", "fish"}).out,
              "complete -c shiftwise -n '__fish_seen_subcommand_from eval' -l backend -d ");
}

/// The lines of a text that are calls of shiftwise, as arguments, without remarks and pipes.
std::vector<Arguments> calls_in(const std::string& text) {
  std::vector<Arguments> calls;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find_first_of("#|")));
    std::string word;
    if (!line.starts_with("  ") || !(words >> word)) continue;
    if (word == "$") words >> word;
    if (word != "shiftwise") continue;
    Arguments arguments;
    while (words >> word) arguments.push_back(word);
    calls.push_back(std::move(arguments));
  }
  return calls;
}

TEST(Usage, EveryCommandInTheDocumentationAndTheHelpIsUnderstood) {
  std::string text;
  std::vector<std::filesystem::path> pages{SHIFTWISE_SOURCE_DIR "/README.md"};
  for (const auto& page : std::filesystem::directory_iterator(SHIFTWISE_SOURCE_DIR "/docs/tools")) {
    pages.push_back(page.path());
  }
  for (const auto& page : pages) text += core::MappedFile(page).text();
  for (const std::string& verb : kVerbs) text += shiftwise({verb, "--help"}).out;
  const auto calls = calls_in(text);
  EXPECT_GT(calls.size(), 25u);
  for (Arguments arguments : calls) {
    arguments.insert(arguments.begin() + 1, "--print-config");  // not behind a "--"
    const Outcome outcome = shiftwise(arguments);
    EXPECT_EQ(outcome.code, 0) << arguments[0] << ": " << outcome.err;
  }
}

TEST(Usage, AReaderThatWentAwayIsNoError) {
  const Outcome outcome = shiftwise({"doctor"}, {.closed_output = true});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST(Usage, AFullDiskUnderStandardOutputIsAnError) {
  const Outcome outcome = shiftwise({"doctor"}, {.output_file = "/dev/full"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.err, "cannot write to the standard output");
  EXPECT_SAYS(outcome.err, "No space left");
}

}  // namespace
}  // namespace shiftwise::cli
