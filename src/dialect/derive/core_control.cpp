// SPDX-License-Identifier: Apache-2.0
// Control flow of cores: scf, cf, returns.
#include <fmt/format.h>

#include "dialect/derive/core_translator.h"
#include "dialect/derive/refuse.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

namespace shiftwise::dialect {
namespace {

/// Loops of that many rounds are written by people who mean "for ever": 0xFFFFFFFF and the
/// like. No run is that long.
constexpr std::int64_t kForEver = std::int64_t{1} << 30;

/// Regions within regions: deeper than any person or tool writes.
constexpr int kDeepestRegion = 200;

}  // namespace

bool CoreTranslator::control(mlir::Operation& op) {
  const llvm::StringRef name = op.getName().getStringRef();
  if (name == "scf.for") {
    loop(op);
  } else if (name == "scf.while") {
    while_loop(op);
  } else if (name == "scf.if") {
    if_else(op);
  } else if (name == "scf.index_switch") {
    index_switch(op);
  } else if (name == "func.call") {
    call(op);
  } else {
    return false;
  }
  return true;
}

void CoreTranslator::region(mlir::Region& region) {
  if (region.hasOneBlock()) {
    leave(straight(region.front()));
  } else {
    branches(region);
  }
}

mlir::Operation& CoreTranslator::straight(mlir::Block& block) {
  if (block.empty()) refuse_invalid(where(block.getParentOp()), "a block without an end");
  if (++depth_ > kDeepestRegion) {
    refuse_unsupported(where(block.getParentOp()), "control flow is nested too deeply");
  }
  for (mlir::Operation& op : block.without_terminator()) operation(op);
  --depth_;
  code_.set_location(location_of(&block.back()));
  return block.back();
}

/// aie.end and func.return. Ends of scf regions are their operation's business.
void CoreTranslator::leave(mlir::Operation& op) {
  const llvm::StringRef name = op.getName().getStringRef();
  if (name == "func.return" && frames_.back().inlined) {
    moves(op.getOperands(), frames_.back().results, op);
    frames_.back().exits.push_back(code_.jump());
  } else if (name == "aie.end" || name == "func.return") {
    code_.emit({.opcode = Opcode::kHalt});
  } else {
    refuse_unsupported(where(&op), "a core's control flow cannot end in it here");
  }
}

void CoreTranslator::branches(mlir::Region& region) {
  llvm::DenseMap<mlir::Block*, Index> starts;
  std::vector<std::pair<Index, mlir::Block*>> open;  // jumps to blocks that come later
  for (mlir::Block& block : region) {
    starts[&block] = code_.here();
    terminator(straight(block), open);
  }
  for (const auto& [jump, block] : open) code_.land(jump, starts[block]);
}

void CoreTranslator::terminator(mlir::Operation& op,
                                std::vector<std::pair<Index, mlir::Block*>>& open) {
  const auto go = [&](mlir::Block* block, mlir::ValueRange arguments) {
    moves(arguments, block->getArguments(), op);
    open.emplace_back(code_.jump(), block);
  };
  const llvm::StringRef name = op.getName().getStringRef();
  auto branch = mlir::dyn_cast<mlir::BranchOpInterface>(op);
  const auto arguments = [&](unsigned successor) {
    return branch.getSuccessorOperands(successor).getForwardedOperands();
  };
  if (name == "cf.br") {
    go(op.getSuccessor(0), arguments(0));
  } else if (name == "cf.cond_br") {
    // A loop against a bound like 0xFFFFFFFF is one that nobody expects to end.
    if (mlir::Operation* test = op.getOperand(0).getDefiningOp();
        test != nullptr && test->getNumOperands() == 2) {
      const auto bound = constants_.find(test->getOperand(1));
      program_.endless = program_.endless || (bound && *bound >= kForEver);
    }
    const Index otherwise = code_.jump_unless(read(op.getOperand(0)));
    go(op.getSuccessor(0), arguments(0));
    code_.land(otherwise);
    go(op.getSuccessor(1), arguments(1));
  } else if (name == "cf.switch") {
    const Index flag = read(op.getOperand(0));
    const int bits = bits_of(op.getOperand(0).getType());
    const Index equal = code_.new_register();
    unsigned successor = 1;
    if (const auto cases = op.getAttrOfType<mlir::DenseIntElementsAttr>("case_values")) {
      for (const llvm::APInt& value : cases.getValues<llvm::APInt>()) {
        code_.emit({.opcode = Opcode::kCompare,
                    .bits = static_cast<std::uint8_t>(bits),
                    .dst = equal,
                    .a = flag,
                    .b = code_.constant(value.getSExtValue()),
                    .immediate = static_cast<std::int64_t>(Predicate::kEq)});
        const Index next = code_.jump_unless(equal);
        go(op.getSuccessor(successor), arguments(successor));
        code_.land(next);
        ++successor;
      }
    }
    go(op.getSuccessor(0), arguments(0));
  } else {
    leave(op);
  }
}

void CoreTranslator::loop(mlir::Operation& op) {
  mlir::Block& body = op.getRegion(0).front();
  const auto lower = constants_.find(op.getOperand(0));
  const auto upper = constants_.find(op.getOperand(1));
  const auto step = constants_.find(op.getOperand(2));
  if (step && *step <= 0) {
    refuse_invalid(where(&op), fmt::format("a step of {}", *step), "loops count upwards");
  }
  if (lower && upper && step && *upper / *step - *lower / *step >= kForEver) {
    program_.endless = true;
  }
  const auto bits = static_cast<std::uint8_t>(bits_of(op.getOperand(0).getType()));
  const mlir::ValueRange carried = body.getArguments().drop_front();
  const Index counter = define(body.getArgument(0));
  const Index end = read(op.getOperand(1));
  const Index stride = read(op.getOperand(2));
  moves(op.getOperands().drop_front(3), carried, op);
  code_.emit({.opcode = Opcode::kCopy, .dst = counter, .a = read(op.getOperand(0))});
  const Index test = code_.here();
  const Index inside = code_.new_register();
  code_.emit({.opcode = Opcode::kCompare,
              .bits = bits,
              .dst = inside,
              .a = counter,
              .b = end,
              .immediate = static_cast<std::int64_t>(Predicate::kSlt)});
  const Index done = code_.jump_unless(inside);
  mlir::Operation& yield = straight(body);
  moves(yield.getOperands(), carried, yield);
  code_.emit({.opcode = Opcode::kAdd, .bits = bits, .dst = counter, .a = counter, .b = stride});
  code_.jump_to(test);
  code_.land(done);
  moves(carried, op.getResults(), op);
}

void CoreTranslator::while_loop(mlir::Operation& op) {
  mlir::Block& before = op.getRegion(0).front();
  mlir::Block& after = op.getRegion(1).front();
  moves(op.getOperands(), before.getArguments(), op);
  const Index start = code_.here();
  mlir::Operation& condition = straight(before);
  const mlir::ValueRange passed = condition.getOperands().drop_front();
  const auto known = constants_.find(condition.getOperand(0));
  const bool always = known && *known != 0;
  program_.endless = program_.endless || always;
  const Index done = always ? kNone : code_.jump_unless(read(condition.getOperand(0)));
  moves(passed, after.getArguments(), condition);
  mlir::Operation& yield = straight(after);
  moves(yield.getOperands(), before.getArguments(), yield);
  code_.jump_to(start);
  if (done != kNone) code_.land(done);
  moves(passed, op.getResults(), op);
}

void CoreTranslator::if_else(mlir::Operation& op) {
  const auto arm = [&](mlir::Region& region) {
    if (region.empty()) return;
    mlir::Operation& yield = straight(region.front());
    moves(yield.getOperands(), op.getResults(), yield);
  };
  const Index otherwise = code_.jump_unless(read(op.getOperand(0)));
  arm(op.getRegion(0));
  if (op.getRegion(1).empty()) {
    code_.land(otherwise);
    return;
  }
  const Index behind = code_.jump();
  code_.land(otherwise);
  arm(op.getRegion(1));
  code_.land(behind);
}

void CoreTranslator::index_switch(mlir::Operation& op) {
  const auto cases = op.getAttrOfType<mlir::DenseI64ArrayAttr>("cases");
  const Index chosen = read(op.getOperand(0));
  const Index equal = code_.new_register();
  std::vector<Index> exits;
  const auto arm = [&](mlir::Region& region) {
    mlir::Operation& yield = straight(region.front());
    moves(yield.getOperands(), op.getResults(), yield);
    exits.push_back(code_.jump());
  };
  for (unsigned i = 0; i < cases.size(); ++i) {
    code_.emit({.opcode = Opcode::kCompare,
                .dst = equal,
                .a = chosen,
                .b = code_.constant(cases[i]),
                .immediate = static_cast<std::int64_t>(Predicate::kEq)});
    const Index next = code_.jump_unless(equal);
    arm(op.getRegion(1 + i));
    code_.land(next);
  }
  arm(op.getRegion(0));
  for (const Index exit : exits) code_.land(exit);
}

}  // namespace shiftwise::dialect
