// SPDX-License-Identifier: Apache-2.0
// One core: interprets its program instruction by instruction, calls kernels as native code,
// and stands still where it waits for a lock or a neighbour.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/fiber.h"
#include "sim/cascade.h"
#include "sim/context.h"
#include "sim/fifo_end.h"
#include "sim/kernels.h"
#include "sim/stalls.h"

namespace shiftwise::sim {

/// Counts of one kernel, over all cores.
struct KernelCount {
  std::int64_t calls = 0;
  Cycles cycles = 0;
  bool assumed = false;
  std::string_view basis = {};  ///< of its cost
};

class Core final : public Process, public LockUser {
 public:
  Core(Context& context, dialect::Index index, int actor, std::size_t actors,
       std::unique_ptr<CoreCode> code, std::vector<KernelCount>& counts);

  const dialect::CoreProgram& program() const { return program_; }
  void connect_input(Cascade& cascade) { cascade_input_ = &cascade; }
  void connect_output(Cascade& cascade) { cascade_output_ = &cascade; }

  void resume(Cycles now, int tag) override;
  void granted(Cycles now) override;
  Causality& causality() override { return causality_; }
  CriticalPath& path() override { return path_; }
  const CriticalPath& path() const { return path_; }
  std::string describe() const override;

  bool halted() const { return state_ == State::kHalted; }
  bool waiting() const { return state_ == State::kLockWait || state_ == State::kCascadeWait; }
  /// What it waits for; nothing where it does not.
  std::optional<std::string> waits_for() const;
  dialect::Index lock_wait() const;  ///< kNone where it waits for none
  /// The cascade that it waits for, or null.
  const Cascade* cascade_wait() const;
  bool may_release(dialect::Index lock) const;
  dialect::Location where() const;  ///< in the text, where it is now

  /// Until then; what it has begun and what it waits for are counted until then as well.
  CoreStatistics statistics(Cycles end) const;
  /// Tells the observer of a wait that is not over.
  void show_wait(Cycles now) const;
  void begin_statistics();

 private:
  enum class State { kReady, kLockWait, kCascadeWait, kHalted };

  /// A memref in a register.
  struct View {
    Buffer* buffer = nullptr;
    std::int64_t offset = 0;  ///< bytes
    const dialect::MemrefType* type = nullptr;
    dialect::Index port = dialect::kNone;
    std::int64_t ticket = 0;  ///< which object of the port
  };

  const std::string& wait_cause() const;
  void run(Cycles time);
  void execute(const dialect::Instruction& instruction);
  bool arithmetic(const dialect::Instruction& instruction);
  void floating_point(const dialect::Instruction& instruction);
  // These act at the clock's time; the result is how long they keep the core busy.
  Cycles synchronized(const dialect::Instruction& instruction);
  Cycles acquire(const dialect::LockUse& use);
  Cycles acquire_lock(const dialect::Instruction& instruction);
  Cycles release_lock(const dialect::Instruction& instruction);
  Cycles acquire_objects(const dialect::Instruction& instruction);
  Cycles release_objects(const dialect::Instruction& instruction);
  Cycles load(const dialect::Instruction& instruction);
  Cycles store(const dialect::Instruction& instruction);
  Cycles call(const dialect::Instruction& instruction);
  Cycles cascade(const dialect::Instruction& instruction);
  void wait_for_cascade(bool for_input);
  void view_object(const dialect::Instruction& instruction);
  void move_view(const dialect::Instruction& instruction);

  View& held(dialect::Index view);
  std::byte* element(const dialect::Instruction& instruction, std::int64_t bytes, bool writes,
                     View*& view);
  void prepare_call(const dialect::Instruction& instruction, const dialect::Kernel& kernel);
  bool run_kernel(std::size_t index);
  void kernel_puts(const std::byte* value);
  void kernel_gets(std::byte* value);
  kernel::Value argument(const dialect::Kernel::Argument& argument, dialect::Index operand);
  void check_input(const View& view, const dialect::Kernel& kernel, std::size_t number);
  void check_after_call(const dialect::Instruction& instruction, const dialect::Kernel& kernel);
  bool races_matter(const View& view) const;
  void remember(const View& view);
  void note_access(View& view, std::int64_t begin, std::int64_t bytes, bool writes);
  std::int64_t extent(const View& view) const;
  bool is_input(const View& view) const;

  std::int64_t& reg(dialect::Index index) { return registers_[static_cast<std::size_t>(index)]; }
  const dialect::Location& where(const dialect::Instruction& instruction) const;
  dialect::Index operand(const dialect::Instruction& instruction, std::size_t i) const;
  std::int64_t lock_amount(const dialect::Instruction& instruction);

  Context& context_;
  const dialect::CoreProgram& program_;
  Causality causality_;
  CriticalPath path_;
  int kernels_activity_ = 0;
  int own_activity_ = 0;
  std::unique_ptr<CoreCode> code_;
  std::vector<NativeFunction> functions_;  ///< by kernel; empty where it is not called
  std::vector<KernelCount>& counts_;
  std::vector<FifoEnd> ends_;  ///< by port; only this core's are used
  std::vector<std::int64_t> registers_;
  std::vector<View> views_;
  std::vector<kernel::Value> values_;  ///< of the call that is being made
  kernel::Value result_{};
  std::unique_ptr<kernel::Fiber> fiber_;  ///< of kernels that may wait in the middle
  std::exception_ptr thrown_;             ///< by a kernel on it
  /// What a kernel did to a cascade that is not there, or null.
  const char* missing_cascade_ = nullptr;
  std::vector<ShiftwiseRegion> allowed_;
  std::vector<std::byte> before_;  ///< of arguments whose races matter, one behind the other
  Cascade* cascade_input_ = nullptr;
  Cascade* cascade_output_ = nullptr;

  State state_ = State::kReady;
  std::size_t pc_ = 0;
  Cycles time_ = 0;        ///< of its own code, ahead of the clock
  Cycles kernel_end_ = 0;  ///< of the last call
  Cycles since_ = 0;
  dialect::LockUse waits_;
  bool input_wait_ = false;

  CoreStatistics sums_;
  std::vector<Cycles> in_kernels_;  ///< by kernel
  Stalls stalls_;
};

}  // namespace shiftwise::sim
