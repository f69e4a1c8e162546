// SPDX-License-Identifier: Apache-2.0
// shiftwise simulate, as a person runs it on a design of their own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/program.h"

#ifdef SHIFTWISE_NPU
namespace shiftwise::cli {
namespace {

namespace fs = std::filesystem;

/// Sixteen objects of 64 bytes through one core; the host waits for `out_bytes`.
std::string design(int out_bytes) {
  return R"(module {
  aie.device(npu1_1col) {
    %shim = aie.tile(0, 0)
    %core = aie.tile(0, 2)
    aie.objectfifo @in(%shim, {%core}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out(%core, {%shim}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    func.func private @plus_one(memref<64xi8>, memref<64xi8>)
    %c = aie.core(%core) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %ever = arith.constant 0xFFFFFFFF : index
      scf.for %i = %c0 to %ever step %c1 {
        %a = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<64xi8>>
        %x = aie.objectfifo.subview.access %a[0] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
        %b = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<64xi8>>
        %y = aie.objectfifo.subview.access %b[0] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
        func.call @plus_one(%x, %y) : (memref<64xi8>, memref<64xi8>) -> ()
        aie.objectfifo.release @in(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    } {link_with = "plus_one.o"}
    aiex.runtime_sequence @run(%a : memref<1024xi8>, %b : memref<2048xi8>) {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 1024][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<1024xi8>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, )" +
         std::to_string(out_bytes) +
         R"(][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<2048xi8>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
)";
}

class Simulate : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("shiftwise_simulate_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write("plus_one.cc",
          "#include <cstdint>\n"
          "extern \"C\" void plus_one(std::int8_t* in, std::int8_t* out) {\n"
          "  for (int i = 0; i < 64; ++i) out[i] = in[i] + 1;\n"
          "}\n");
    const Outcome built =
        shiftwise({"kernel", "build", path("plus_one.cc"), "-o", path("plus_one.so"), "-q"});
    ASSERT_EQ(built.code, 0) << built.err;
    write("design.mlir", design(1024));
    std::string bytes(1024, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
    write("x.bin", bytes);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void build() const {
    const Outcome built =
        shiftwise({"kernel", "build", path("plus_one.cc"), "-o", path("plus_one.so"), "-q"});
    ASSERT_EQ(built.code, 0) << built.err;
  }
  Arguments command(const Arguments& more) const {
    Arguments result{"simulate", path("design.mlir"), "--kernels", folder_.string(),
                     "--in",     path("x.bin")};
    result.insert(result.end(), more.begin(), more.end());
    return result;
  }

  fs::path folder_;
};

TEST_F(Simulate, WritesWhatTheDesignWrites) {
  const Outcome outcome = shiftwise(command({"--out", path("y.bin"), "--images", "16"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string in = read("x.bin");
  const std::string out = read("y.bin");
  ASSERT_EQ(out.size(), 2048u);
  for (std::size_t i = 0; i < in.size(); ++i) {
    ASSERT_EQ(out[i], static_cast<char>(in[i] + 1)) << i;
  }
  EXPECT_NE(outcome.out.find("no cost is known for plus_one"), std::string::npos);
  EXPECT_NE(outcome.out.find("between images"), std::string::npos);
}

TEST_F(Simulate, PrintsTheDocumentedFields) {
  const Outcome complete = shiftwise(command({"--report", "--images", "4", "--json"}));
  ASSERT_EQ(complete.code, 0) << complete.err;
  write("design.mlir", design(2048));
  const Outcome stuck = shiftwise(command({"--report", "--json"}));
  EXPECT_EQ(stuck.code, 2);
  std::set<std::string> shown;
  for (const Outcome& outcome : {complete, stuck}) {
    const auto found = fields(outcome.json());
    shown.insert(found.begin(), found.end());
  }
  const auto documented = documented_fields("simulate");
  EXPECT_EQ(shown, (std::set<std::string>(documented.begin(), documented.end())));
}

TEST_F(Simulate, SaysWhoWaitsForWhatWhereADesignStops) {
  write("design.mlir", design(2048));
  const Outcome outcome = shiftwise(command({"--out", path("y.bin")}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("the design stops for ever"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("the host sequence waits for a token of S2MM 0 of tile (0, 0)"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("core (0, 2) waits for lock 'in_cons_cons_lock' to be at least 1; "
                             "it is 0"),
            std::string::npos)
      << outcome.err;
  EXPECT_FALSE(fs::exists(path("y.bin"))) << "no output of a run that did not end";
}

TEST_F(Simulate, RefusesFilesThatDoNotFit) {
  write("x.bin", "too short");
  const Outcome outcome = shiftwise(command({}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, "shiftwise: the file for host buffer 0 has the wrong size\n  where: " +
                             path("x.bin") + "\n  why:   9 bytes; memref<1024xi8> has 1024\n");
}

TEST_F(Simulate, TakesMoreThanTheDesignDeclares) {
  write("x.bin", std::string(4096, '\1'));
  const Outcome outcome = shiftwise(command({}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST_F(Simulate, MovesMoreThanTheDesignDeclaresIntoABufferThatIsLargeEnough) {
  std::string text = design(1024);
  for (auto at = text.find("memref<2048xi8>"); at != std::string::npos;
       at = text.find("memref<2048xi8>")) {
    text.replace(at, 15, "memref<64xi8>");
  }
  write("design.mlir", text);
  const Outcome refused = shiftwise(command({"--out", path("y.bin")}));
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.err,
            "shiftwise: S2MM 0 of tile (0, 0) writes outside of host buffer 1\n  where: " +
                path("design.mlir") +
                ":25:7\n  why:   bytes 64 to 127, where there are 64\n"
                "  try:   check offset, sizes and strides of the transfer; --in 1=FILE and --out "
                "1=FILE:BYTES make the buffer larger\n");
  const Outcome small = shiftwise(command({"--out", path("y.bin") + ":63"}));
  EXPECT_EQ(small.code, 1);
  EXPECT_EQ(small.err,
            "shiftwise: host buffer 1 cannot have 63 bytes\n"
            "  why:   memref<64xi8> has 64; the most is 4 GiB\n");
  const Outcome outcome = shiftwise(command({"--out", path("y.bin") + ":1024"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(fs::file_size(path("y.bin")), 1024U);
  EXPECT_NE(outcome.out.find("1024 bytes of host buffer 1 are moved"), std::string::npos)
      << outcome.out;
}

TEST_F(Simulate, RefusesMoreFilesThanBuffers) {
  const Outcome outcome = shiftwise(command({"--out", path("y.bin") + "," + path("z.bin")}));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "shiftwise: there is no host buffer for '" + path("z.bin") +
                             "'\n  why:   the sequence has 2\n");
}

TEST_F(Simulate, RefusesTwoFilesForOneBuffer) {
  const Outcome outcome = shiftwise(command({"--in", "0=" + path("z.bin")}));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "shiftwise: '" + path("x.bin") + "' and '0=" + path("z.bin") +
                             "' are for one host buffer\n  why:   that is buffer 0\n");
  const std::string far = "99999999999999999999=" + path("y.bin");
  EXPECT_EQ(shiftwise(command({"--out", far})).err,
            "shiftwise: there is no host buffer for '" + far + "'\n  why:   the sequence has 2\n");
}

TEST_F(Simulate, CatchesAKernelThatWritesBesideItsBuffer) {
  write("plus_one.cc",
        "#include <cstdint>\n"
        "extern \"C\" void plus_one(std::int8_t* in, std::int8_t* out) {\n"
        "  for (int i = 0; i <= 64; ++i) out[i] = in[0];\n"
        "}\n");
  ASSERT_EQ(
      shiftwise({"kernel", "build", path("plus_one.cc"), "-o", path("plus_one.so"), "-q"}).code, 0);
  const Outcome outcome = shiftwise(command({}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("kernel 'plus_one' on core (0, 2) writes beside buffer 'out_buff_0'"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("argument 1: byte 0 behind its 64 bytes"), std::string::npos);
}

TEST_F(Simulate, FullChecksSeeAKernelThatReadsBesideItsBuffer) {
  write("plus_one.cc",
        "#include <cstdint>\n"
        "extern \"C\" void plus_one(std::int8_t* in, std::int8_t* out) {\n"
        "  for (int i = 0; i < 64; ++i) out[i] = in[i + 1];\n"
        "}\n");
  build();
  EXPECT_EQ(shiftwise(command({})).code, 0) << "red zones do not see reads";
  const Outcome outcome = shiftwise(command({"--check", "full"}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("kernel 'plus_one' on core (0, 2) loads from memory that it was not "
                             "given"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("1 bytes at 64 of buffer 'in_cons_buff_0'"), std::string::npos)
      << outcome.err;
}

TEST_F(Simulate, FullChecksSeeAWriteFarAway) {
  // Behind the red zone, in what is still the memory of this core.
  write("plus_one.cc",
        "#include <cstdint>\n"
        "extern \"C\" void plus_one(std::int8_t* in, std::int8_t* out) {\n"
        "  for (int i = 0; i < 64; ++i) out[i] = in[i] + 1;\n"
        "  in[192] = 7;\n"
        "}\n");
  build();
  const Outcome outcome = shiftwise(command({"--check", "full"}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("kernel 'plus_one' on core (0, 2) stores to memory that it was not "
                             "given"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("design.mlir:"), std::string::npos) << outcome.err;
}

TEST_F(Simulate, FullChecksSeeThirtyTwoBytesReadAndNotUsed) {
  write("plus_one.cc",
        "#include <aie_api/aie.hpp>\n"
        "extern \"C\" void plus_one(int8_t* in, int8_t* out) {\n"
        "  aie::vector<int8, 32> next = aie::load_v<32>(in);\n"
        "  for (int i = 0; i < 64; i += 32) {\n"
        "    aie::store_v(out + i, next);\n"
        "    next = aie::load_v<32>(in + i + 32);\n"
        "  }\n"
        "  asm volatile(\"\" : : \"m\"(next));\n"
        "}\n");
  build();
  EXPECT_EQ(shiftwise(command({})).code, 0);
  const Outcome outcome = shiftwise(command({"--check", "full"}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("32 bytes at 64 of buffer 'in_cons_buff_0'"), std::string::npos)
      << outcome.err;
}

TEST_F(Simulate, SaysWhichKernelsFullChecksCouldNotBuildAgain) {
  EXPECT_EQ(shiftwise(command({"--check", "full"})).out.find("were not checked"),
            std::string::npos);
  fs::remove(path("plus_one.cc"));
  const Outcome outcome = shiftwise(command({"--check", "full"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("kernels of " + path("plus_one.so") +
                             " were not checked at each access: its source " + path("plus_one.cc") +
                             " is not there"),
            std::string::npos)
      << outcome.out;
}

TEST_F(Simulate, TracesAreWritten) {
  ASSERT_EQ(shiftwise(command({"--trace", path("trace.json")})).code, 0);
  const auto trace = nlohmann::json::parse(read("trace.json"));
  EXPECT_TRUE(std::ranges::any_of(
      trace.at("traceEvents"), [](const auto& event) { return event.at("name") == "plus_one"; }));
  const std::string checker = SHIFTWISE_CHECK_TRACE;
  EXPECT_EQ(std::system((checker + " '" + path("trace.json") + "' > /dev/null").c_str()), 0);
}

TEST_F(Simulate, TheCheckerOfTracesFindsItsPlantedFaults) {
  const std::string checker = SHIFTWISE_CHECK_TRACE;
  EXPECT_EQ(std::system((checker + " --self-test > /dev/null").c_str()), 0);
  write("trace.json",
        R"({"traceEvents": [{"name": "x", "ph": "X", "ts": 0, "pid": 1, "tid": 1}]})");
  const std::string command = checker + " '" + path("trace.json") + "' 2> /dev/null";
  EXPECT_NE(std::system(command.c_str()), 0) << "a span without a duration";
}

TEST_F(Simulate, ConstantsOfTheModelCanBeSet) {
  const auto cycles = [&](const Arguments& more) {
    Arguments arguments = command({"--json"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return shiftwise(arguments).json().at("cycles").get<std::int64_t>();
  };
  EXPECT_GT(cycles({"--set", "shim_mm2s_first_cycles=50000"}), cycles({}) + 30'000);
  const Outcome wrong = shiftwise(command({"--set", "hop_cycle=1"}));
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("did you mean 'hop_cycles'?"), std::string::npos);
}

TEST_F(Simulate, OfAnotherArrayIsSimulatedAndSaysSo) {
  const auto json = [&](const Arguments& more) {
    Arguments arguments = command({"--json"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = shiftwise(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json();
  };
  write("array.json", R"({"stream_words_per_cycle": 0.01, "compute": {"dma_channels": 1}})");
  const auto slow = json({"--array", path("array.json")});
  EXPECT_GE(slow.at("cycles"), 1024 / 4 * 100) << "a word takes a hundred cycles";
  EXPECT_NE(slow.at("notes").dump().find("this is not npu1_1col as it is: compute.dma_channels 1 "
                                         "(not 2), stream_words_per_cycle 0.01 (not 1)"),
            std::string::npos)
      << slow.at("notes");
  // Single numbers come after the file.
  EXPECT_EQ(json({"--array", path("array.json"), "--set", "stream_words_per_cycle=1"}).at("cycles"),
            json({}).at("cycles"));
}

TEST_F(Simulate, ADesignThatAnotherArrayCannotHoldIsRefusedWithWhatBinds) {
  const auto refusal = [&](const std::string& setting) {
    const Outcome outcome = shiftwise(command({"--set", setting}));
    EXPECT_EQ(outcome.code, 2) << setting;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_NE(refusal("compute.memory_bytes=1200").find("1200"), std::string::npos);
  EXPECT_NE(refusal("compute.locks=3").find("locks"), std::string::npos);
  EXPECT_NE(refusal("compute.descriptors=3").find("descriptors"), std::string::npos);
}

TEST_F(Simulate, AbsurdArraysAndCostsAreOneErrorEach) {
  const auto refusal = [&](const std::string& option, const std::string& text) {
    write("numbers.json", text);
    const Outcome outcome = shiftwise(command({option, path("numbers.json")}));
    EXPECT_EQ(outcome.code, 2) << text;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(path("numbers.json")), std::string::npos) << outcome.err;
    return outcome.err;
  };
  EXPECT_NE(refusal("--array", R"({"hop_cycles": -1})").find("hop_cycles cannot be -1"),
            std::string::npos);
  EXPECT_NE(refusal("--array", R"({"compute": {"dma_chanels": 1}})").find("did you mean"),
            std::string::npos);
  EXPECT_NE(refusal("--cost", R"({"plus_one": -5})").find("the cycles of 'plus_one' cannot be -5"),
            std::string::npos);
  EXPECT_NE(refusal("--cost", R"({"plus_one": 1e300})").find("cannot be 1e+300"),
            std::string::npos);
  EXPECT_NE(refusal("--cost", R"({"plus_two": 5})").find("the design has no kernel 'plus_two'"),
            std::string::npos);
  for (const char* broken : {"", "[]", R"({"plus_one": "5"})", R"({"plus_one": NaN})"}) {
    refusal("--cost", broken);
    refusal("--array", broken);
  }
  EXPECT_EQ(shiftwise(command({"--cost", path("nowhere.json")})).code, 2);
  for (const char* setting : {"hop_cycles", "hop_cycles=", "hop_cycles=x", "hop_cycles=nan"}) {
    EXPECT_EQ(shiftwise(command({"--set", setting})).code, 2) << setting;
  }
  EXPECT_EQ(shiftwise(command({"--set", "compute.locks=0"})).err,
            "shiftwise: compute.locks cannot be 0\n  why:   it is a whole number from 1 to 64\n");
}

TEST_F(Simulate, AGivenCostIsTakenAndTheEstimateIsOneThen) {
  write("cost.json", R"({"plus_one": 7000})");
  const auto json = shiftwise(command({"--json", "--report", "--cost", path("cost.json")})).json();
  EXPECT_EQ(json.at("kernels")[0].at("basis"), "given");
  EXPECT_EQ(json.at("kernels")[0].at("cycles"), 16 * 7000);
  EXPECT_TRUE(json.at("warnings").empty()) << json.at("warnings");
  EXPECT_EQ(json.at("bottleneck_kind"), "kernels");
}

TEST_F(Simulate, ClocksGiveTheTimeAndAbsurdOnesAreRefused) {
  const auto json = shiftwise(command({"--clock-ghz", "1.2", "--json"})).json();
  EXPECT_DOUBLE_EQ(json.at("clock_hz"), 1.2e9);
  EXPECT_DOUBLE_EQ(json.at("ms"), json.at("cycles").get<double>() / 1.2e6);
  for (const char* ghz : {"0", "-1", "1e9", "nan", "inf"}) {
    const Outcome outcome = shiftwise(command({std::string("--clock-ghz=") + ghz}));
    EXPECT_EQ(outcome.code, 2) << ghz;
    EXPECT_NE(outcome.err.find("shiftwise: clock_hz cannot be "), std::string::npos) << outcome.err;
  }
}

TEST_F(Simulate, TheReportNamesWhatBinds) {
  const auto kernel = shiftwise(command({"--report", "--json"})).json();
  EXPECT_EQ(kernel.at("bottleneck"), "core (0, 2)") << kernel;
  EXPECT_EQ(kernel.at("bottleneck_kind"), "kernels");
  EXPECT_NE(kernel.at("bottleneck_why").get<std::string>().find("'plus_one'"), std::string::npos);
  const auto starved =
      shiftwise(command({"--report", "--json", "--set", "ddr_bytes_per_second=1e6"})).json();
  EXPECT_EQ(starved.at("bottleneck"), "the host's memory") << starved;
  std::int64_t path = 0;
  for (const auto& part : kernel.at("path")) path += part.at("cycles").get<std::int64_t>();
  EXPECT_EQ(path, kernel.at("cycles")) << "the critical path has no gap";
}

TEST_F(Simulate, KernelsOfUnknownCostAreNamedInTheJsonToo) {
  const auto json = shiftwise(command({"--json"})).json();
  EXPECT_EQ(json.at("kernels")[0].at("symbol"), "plus_one");
  EXPECT_EQ(json.at("kernels")[0].at("known"), false);
  EXPECT_NE(json.at("warnings")[0].get<std::string>().find("no cost is known for plus_one"),
            std::string::npos);
}

}  // namespace
}  // namespace shiftwise::cli
#endif
