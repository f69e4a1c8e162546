// SPDX-License-Identifier: Apache-2.0
#include "cpu/paths.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/diagnostic.h"
#include "cpu/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace shiftwise::cpu {
namespace {

struct Candidate {
  const char* name;
  const Kernels* (*kernels)();
  bool (*runs_here)();
};

#if defined(__x86_64__)
// The compiler's test includes whether the system saves the registers.
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
bool has_avx512_vnni() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512vnni") != 0;
}

/// Whether the processor has AMX with int8 and the system gives this process its tile data.
bool has_amx_int8() {
#if defined(__linux__)
  constexpr unsigned kTileAndInt8 = 1U << 24 | 1U << 25;  // leaf 7, edx
  constexpr long kRequestPermission = 0x1023;             // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;                          // its number among the states
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  return (edx & kTileAndInt8) == kTileAndInt8 && has_avx512_vnni() &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}
#else
bool has_avx2() { return false; }
bool has_avx512_vnni() { return false; }
bool has_amx_int8() { return false; }
#endif

constexpr Candidate kCandidates[] = {
    {"portable", portable_kernels, [] { return true; }},
    {"avx2", avx2_kernels, has_avx2},
    {"avx512-vnni", avx512_vnni_kernels, has_avx512_vnni},
    {"amx-int8", amx_int8_kernels, has_amx_int8},
};

bool runs(const Candidate& candidate) {
  return candidate.kernels() != nullptr && candidate.runs_here();
}

}  // namespace

std::vector<KernelPath> kernel_paths() {
  std::vector<KernelPath> paths;
  for (const Candidate& candidate : kCandidates) {
    const Kernels* kernels = candidate.kernels();
    paths.push_back({.name = candidate.name,
                     .needs = kernels != nullptr ? kernels->needs : "another compiler target",
                     .compiled = kernels != nullptr,
                     .runs_here = runs(candidate)});
  }
  return paths;
}

const Kernels& find_kernels(const std::string& path, const std::string& asked_by) {
  std::string here;
  std::string why = "there is no such path";
  for (const Candidate& candidate : kCandidates) {
    if (runs(candidate)) {
      if (path == candidate.name) return *candidate.kernels();
      here += (here.empty() ? "" : ", ") + std::string(candidate.name);
    } else if (path == candidate.name) {
      why = candidate.kernels() == nullptr
                ? "this program was compiled without it"
                : fmt::format("this machine lacks {}", candidate.kernels()->needs);
    }
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("cannot use the kernels '{}'", path),
                     .where = asked_by,
                     .why = why,
                     .hint = "what runs here: " + here});
}

std::string selected_path() {
  if (const char* forced = std::getenv("SHIFTWISE_KERNEL"); forced != nullptr && *forced != 0) {
    return find_kernels(forced, "environment variable SHIFTWISE_KERNEL").name;
  }
  std::string best;
  for (const Candidate& candidate : kCandidates) {
    if (runs(candidate)) best = candidate.name;
  }
  return best;
}

}  // namespace shiftwise::cpu
