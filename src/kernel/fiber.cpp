// SPDX-License-Identifier: Apache-2.0
#include "kernel/fiber.h"

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdint>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace shiftwise::kernel {
namespace {

/// A core has 64 KiB for everything; what the host's compiler needs on top is small.
constexpr std::size_t kStackBytes = std::size_t{1} << 20;

}  // namespace

struct Fiber::State {
  ucontext_t caller{};
  ucontext_t own{};
  void* memory = MAP_FAILED;
  std::size_t guard = 0;  ///< bytes below the stack that nobody may touch
  std::function<void()> body;
  bool under_way = false;
#if defined(__SANITIZE_ADDRESS__)
  void* caller_fake = nullptr;
  void* own_fake = nullptr;
  const void* caller_stack = nullptr;
  std::size_t caller_bytes = 0;
#endif
#if defined(__SANITIZE_THREAD__)
  void* caller_thread = nullptr;
  void* own_thread = nullptr;
#endif

  char* stack() const { return static_cast<char*>(memory) + guard; }

  void enter() {
#if defined(__SANITIZE_THREAD__)
    caller_thread = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(own_thread, 0);
#endif
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&caller_fake, stack(), kStackBytes);
#endif
    ::swapcontext(&caller, &own);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(caller_fake, nullptr, nullptr);
#endif
  }

  /// The first thing on the fiber's side of a switch.
  void arrived() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(own_fake, &caller_stack, &caller_bytes);
#endif
  }

  void leave(bool for_ever) {
#if defined(__SANITIZE_THREAD__)
    __tsan_switch_to_fiber(caller_thread, 0);
#endif
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(for_ever ? nullptr : &own_fake, caller_stack, caller_bytes);
#endif
    ::swapcontext(&own, &caller);
    if (!for_ever) arrived();
  }

  static void entry(std::uint32_t high, std::uint32_t low) {
    // makecontext hands over nothing but ints. NOLINTNEXTLINE(performance-no-int-to-ptr)
    auto* const state = reinterpret_cast<State*>(static_cast<std::uintptr_t>(high) << 32 | low);
    state->arrived();
    state->body();
    state->under_way = false;
    state->leave(true);
  }
};

Fiber::Fiber() : state_(std::make_unique<State>()) {
  state_->guard = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  state_->memory = ::mmap(nullptr, kStackBytes + state_->guard, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (state_->memory == MAP_FAILED) throw std::bad_alloc();
  ::mprotect(state_->memory, state_->guard, PROT_NONE);
#if defined(__SANITIZE_THREAD__)
  state_->own_thread = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#if defined(__SANITIZE_THREAD__)
  __tsan_destroy_fiber(state_->own_thread);
#endif
  ::munmap(state_->memory, kStackBytes + state_->guard);
}

void Fiber::start(std::function<void()> body) {
  state_->body = std::move(body);
  state_->under_way = true;
  ::getcontext(&state_->own);
  state_->own.uc_stack.ss_sp = state_->stack();
  state_->own.uc_stack.ss_size = kStackBytes;
  state_->own.uc_link = nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(state_.get());
  // makecontext passes ints.
  ::makecontext(&state_->own, reinterpret_cast<void (*)()>(&State::entry), 2,
                static_cast<std::uint32_t>(address >> 32), static_cast<std::uint32_t>(address));
  state_->enter();
}

void Fiber::go_on() { state_->enter(); }
void Fiber::pause() { state_->leave(false); }
bool Fiber::under_way() const { return state_->under_way; }

}  // namespace shiftwise::kernel
