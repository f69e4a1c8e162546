// SPDX-License-Identifier: Apache-2.0
// What sequences do besides transfers: parameters, registers, locks, waits.
#include <fmt/format.h>

#include <algorithm>

#include "core/suggest.h"
#include "dialect/derive/descriptor_words.h"
#include "dialect/derive/refuse.h"
#include "dialect/derive/sequence_reader.h"
#include "target/registers.h"

namespace shiftwise::dialect {
namespace {

constexpr std::int64_t kWordsPerOperation = 16;

int small(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, -1, 1 << 10));
}

std::optional<std::int64_t> integer(mlir::Operation* op, llvm::StringRef name) {
  if (const auto value = op->getAttrOfType<mlir::IntegerAttr>(name)) return ops::value_of(value);
  return std::nullopt;
}

}  // namespace

bool SequenceReader::command(mlir::Operation& op) {
  const Location location = location_of(&op);
  if (auto waited = mlir::dyn_cast<ops::SyncOp>(op)) {
    sync(waited);
  } else if (auto wait = mlir::dyn_cast<ops::DmaWaitOp>(op)) {
    add({Sync{.channel = channel_of(wait.getSymbol().getLeafReference().str(), &op)}, location});
  } else if (auto parameter = mlir::dyn_cast<ops::RtpWriteOp>(op)) {
    write_buffer(&op, parameter.getBuffer().str(), static_cast<std::int64_t>(parameter.getIndex()),
                 number(parameter.getWord(), &op, "value"));
  } else if (auto word = mlir::dyn_cast<ops::Write32Op>(op)) {
    const std::int64_t address = number(word.getField(0), &op, "address");
    const std::int64_t value = number(word.getField(1), &op, "value");
    if (const auto buffer = word.getBuffer()) {
      write_buffer(&op, buffer->str(), address, value);
    } else {
      write(&op, address_of(&op, address), {static_cast<std::uint32_t>(value)}, 0xFFFFFFFF);
    }
  } else if (auto masked = mlir::dyn_cast<ops::MaskWrite32Op>(op)) {
    const std::int64_t address = number(masked.getField(0), &op, "address");
    const std::int64_t value = number(masked.getField(1), &op, "value");
    const auto mask = static_cast<std::uint32_t>(number(masked.getField(2), &op, "mask"));
    if (const auto buffer = masked.getBuffer()) {
      write_buffer(&op, buffer->str(), address, value, mask);
    } else {
      write(&op, address_of(&op, address), {static_cast<std::uint32_t>(value)}, mask);
    }
  } else if (auto words = mlir::dyn_cast<ops::BlockWriteOp>(op)) {
    block_write(words);
  } else if (auto descriptor = mlir::dyn_cast<ops::WriteBdOp>(op)) {
    write_descriptor(descriptor);
  } else if (auto pushed = mlir::dyn_cast<ops::PushQueueOp>(op)) {
    push(pushed);
  } else if (auto patched = mlir::dyn_cast<ops::AddressPatchOp>(op)) {
    patch(patched);
  } else if (auto lock = mlir::dyn_cast<ops::SetLockOp>(op)) {
    const auto known = names_.locks.find(lock.getLock());
    if (known == names_.locks.end()) refuse_invalid(where(&op), "its lock is not an aie.lock");
    const auto value = static_cast<std::int64_t>(lock.getValue());
    if (value < 0 || value > design_.device.lock_max) {
      refuse_unfit(where(&op), fmt::format("a lock cannot be {}", value),
                   fmt::format("locks count from 0 to {}", design_.device.lock_max));
    }
    add({SetLock{known->second, static_cast<int>(value)}, location});
  } else if (auto reset = mlir::dyn_cast<ops::ChannelResetForOp>(op)) {
    add({ResetChannel{channel_of(reset.getAlloc().str(), &op)}, location});
  } else if (auto configured = mlir::dyn_cast<ops::ConfigureOp>(op)) {
    configure_device(configured);
  } else {
    // Preemption points and reloads of what is loaded change nothing that can be seen.
    return mlir::isa<ops::PreemptOp, ops::LoadPdiOp>(op);
  }
  return true;
}

void SequenceReader::sync(ops::SyncOp op) {
  const std::int64_t direction = number(op.getField(2), op, "direction");
  if (direction != 0 && direction != 1) {
    refuse_invalid(where(op), fmt::format("direction = {}", direction), "0 is S2MM, 1 is MM2S");
  }
  const Channel channel{
      {small(number(op.getField(0), op, "column")), small(number(op.getField(1), op, "row"))},
      static_cast<Direction>(direction),
      small(number(op.getField(3), op, "channel"))};
  const int columns = small(number(op.getField(4), op, "column_num"));
  const int rows = small(number(op.getField(5), op, "row_num"));
  const core::TileId last{channel.tile.column + columns - 1, channel.tile.row + rows - 1};
  if (columns < 1 || rows < 1 || !design_.device.contains(channel.tile) ||
      !design_.device.contains(last)) {
    refuse_unfit(where(op),
                 fmt::format("it waits for tiles {} to {}; {} has {} columns and {} rows",
                             target::to_string(channel.tile), target::to_string(last),
                             design_.device.name, design_.device.columns, design_.device.rows()));
  }
  add({Sync{channel, columns, rows}, location_of(op)});
}

std::uint64_t SequenceReader::address_of(mlir::Operation* op, std::int64_t address) const {
  const auto column = integer(op, "column");
  const auto row = integer(op, "row");
  if (!column && !row) return static_cast<std::uint64_t>(address) & 0xFFFFFFFF;
  return target::join_address(
      {{small(column.value_or(0)), small(row.value_or(0))}, static_cast<std::uint32_t>(address)});
}

void SequenceReader::write(mlir::Operation* op, std::uint64_t address,
                           std::vector<std::uint32_t> words, std::uint32_t mask) {
  const target::RegisterAddress split = target::split_address(address);
  constexpr std::uint32_t kWord = 4;
  if (split.offset % kWord != 0) {
    refuse_invalid(
        where(op),
        fmt::format("register 0x{:05X} of tile {}", split.offset, target::to_string(split.tile)),
        "registers are words: their addresses are multiples of 4");
  }
  // A descriptor is about as large as any other operation; what is longer counts by its length.
  count(static_cast<std::int64_t>(words.size()) / kWordsPerOperation, op);
  const target::Register written = target::decode_register(design_.device, split);
  if (written.kind == target::RegisterKind::kTrace) {
    ++notes_[split.tile];
    return;
  }
  if (written.kind == target::RegisterKind::kUnknown) {
    const bool there = design_.device.contains(split.tile);
    refuse_unsupported(
        where(op),
        there ? fmt::format("a write to register 0x{:05X} of {}", split.offset,
                            target::describe(design_.device, split.tile))
              : fmt::format("a write to tile {}, which {} does not have",
                            target::to_string(split.tile), design_.device.name),
        "known are descriptors, task queues, locks and memories; trace and counters are skipped");
  }
  if (written.kind == target::RegisterKind::kDescriptor) place_memory(split.tile);
  add({WriteRegister{address, std::move(words), mask}, location_of(op)});
}

/// Descriptors that a sequence writes may move memory that the text gives no names: all of the
/// tile's is one buffer then.
void SequenceReader::place_memory(core::TileId tile) {
  const std::int64_t bytes = design_.device.facts(tile).memory_bytes;
  std::vector<Buffer>& buffers = design_.program.buffers;
  const bool named = std::any_of(buffers.begin(), buffers.end(),
                                 [&](const Buffer& buffer) { return buffer.tile == tile; });
  if (bytes == 0 || named) return;
  buffers.push_back({.name = fmt::format("memory_{}_{}", tile.column, tile.row),
                     .tile = tile,
                     .type = {.shape = {bytes}, .strides = {1}, .text = "memory"},
                     .bytes = bytes,
                     .address = 0,
                     .location = sequence_.location});
}

void SequenceReader::write_buffer(mlir::Operation* op, const std::string& name, std::int64_t word,
                                  std::int64_t value, std::uint32_t mask) {
  const auto buffer = names_.buffer_symbols.find(name);
  if (buffer == names_.buffer_symbols.end()) {
    std::vector<std::string> names;
    for (const auto& [known, index] : names_.buffer_symbols) names.push_back(known);
    refuse_invalid(where(op), fmt::format("there is no buffer '{}'", name),
                   core::suggest(name, names));
  }
  constexpr std::int64_t kWord = 4;
  const Buffer& written = design_.program.buffers[static_cast<std::size_t>(buffer->second)];
  if (word < 0 || word >= written.bytes / kWord) {
    refuse_invalid(where(op),
                   fmt::format("word {} of '{}', which has {} bytes", word, name, written.bytes),
                   "words are 32 bits and count from 0");
  }
  add({WriteBuffer{buffer->second, word, static_cast<std::int32_t>(value), mask}, location_of(op)});
}

void SequenceReader::block_write(ops::BlockWriteOp op) {
  mlir::Operation* source = op.getData().getDefiningOp();
  const auto name =
      source != nullptr ? source->getAttrOfType<mlir::FlatSymbolRefAttr>("name") : nullptr;
  mlir::Operation* global =
      name ? mlir::SymbolTable::lookupNearestSymbolFrom(source, name) : nullptr;
  const auto values =
      global != nullptr ? global->getAttrOfType<mlir::ElementsAttr>("initial_value") : nullptr;
  if (!values) {
    refuse_invalid(where(op), "its words are not known",
                   "give them by a memref.global with a value");
  }
  const std::vector<std::byte> bytes = bytes_of(values, op);
  std::vector<std::uint32_t> words(bytes.size() / 4, 0);
  for (std::size_t i = 0; i < words.size() * 4; ++i) {
    words[i / 4] |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * (i % 4));
  }
  if (const auto buffer = op.getBuffer()) {
    count(static_cast<std::int64_t>(words.size()), op);  // each is an operation
    auto word = static_cast<std::int64_t>(op.getAddress());
    for (const std::uint32_t value : words) write_buffer(op, buffer->str(), word++, value);
    return;
  }
  write(op, address_of(op, static_cast<std::int64_t>(op.getAddress())), std::move(words),
        0xFFFFFFFF);
}

void SequenceReader::write_descriptor(ops::WriteBdOp op) {
  const core::TileId tile{small(integer(op, "column").value_or(0)),
                          small(integer(op, "row").value_or(0))};
  if (!design_.device.contains(tile)) {
    refuse_unfit(where(op),
                 fmt::format("{} has no tile {}", design_.device.name, target::to_string(tile)));
  }
  const target::TileKind kind = design_.device.kind(tile);
  const int id = small(integer(op, "bd_id").value_or(-1));
  if (id < 0 || id >= design_.device.facts(tile).descriptors) {
    refuse_unfit(where(op),
                 fmt::format("{} has no descriptor {}", target::describe(design_.device, tile), id),
                 fmt::format("it has {}", design_.device.facts(tile).descriptors));
  }
  write(op, target::join_address({tile, target::descriptor_offset(kind, id)}),
        descriptor_words(kind,
                         [&](const std::string& field) { return integer(op, field).value_or(0); }),
        0xFFFFFFFF);
}

void SequenceReader::push(ops::PushQueueOp op) {
  const Channel channel{{small(static_cast<std::int64_t>(op.getColumn())),
                         small(static_cast<std::int64_t>(op.getRow()))},
                        direction_of(op.getDirection()),
                        small(static_cast<std::int64_t>(op.getChannel()))};
  if (!design_.device.contains(channel.tile)) {
    refuse_unfit(where(op), fmt::format("{} has no tile {}", design_.device.name,
                                        target::to_string(channel.tile)));
  }
  const int id = small(number(op.getBd(), op, "descriptor"));
  const target::TileFacts& facts = design_.device.facts(channel.tile);
  if (id < 0 || id >= facts.descriptors) {
    refuse_unfit(
        where(op),
        fmt::format("{} has no descriptor {}", target::describe(design_.device, channel.tile), id),
        fmt::format("it has {}", facts.descriptors));
  }
  add({PushQueue{.channel = channel,
                 .descriptor = id,
                 .repeat = small(number(op.getRepeat(), op, "repeat count")),
                 .issue_token = op.getIssueToken().value_or(false)},
       location_of(op)});
}

void SequenceReader::patch(ops::AddressPatchOp op) {
  const auto argument = static_cast<std::int64_t>(op.getArgIdx());
  if (argument < 0 || argument >= static_cast<std::int64_t>(sequence_.arguments.size())) {
    refuse_invalid(
        where(op),
        fmt::format("argument {} of a sequence that has {}", argument, sequence_.arguments.size()),
        "arguments are counted from 0");
  }
  add({AddressPatch{static_cast<std::uint64_t>(op.getAddr()) & 0xFFFFFFFF,
                    static_cast<Index>(argument), number(op.getPlus(), op, "offset")},
       location_of(op)});
}

void SequenceReader::configure_device(ops::ConfigureOp op) {
  if (op.getBody().empty()) return;
  for (mlir::Operation& inner : op.getBody().front()) {
    auto run = mlir::dyn_cast<ops::RunOp>(inner);
    if (!run) {
      operation(inner);
      continue;
    }
    RunSequence started{.device = op.getDevice().str(), .sequence = run.getSequence().str()};
    for (const mlir::Value argument : run.getArgs()) {
      const auto view = host_.find(argument);
      if (view == host_.end() || view->second.offset != 0) {
        refuse_unsupported(where(run), "it hands on what is no whole argument of the sequence");
      }
      started.arguments.push_back(view->second.argument);
    }
    add({std::move(started), location_of(run)});
  }
}

}  // namespace shiftwise::dialect
