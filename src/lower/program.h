// SPDX-License-Identifier: Apache-2.0
// A design before it is text: what every tile holds and does. Planners fill it, place.h
// checks it against the device, print.h writes it down.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/units.h"
#include "lower/compile.h"
#include "target/stream.h"

namespace shiftwise::lower {

/// What a FIFO or a buffer holds: `count` elements in one dimension.
struct Object {
  qgraph::Element element = qgraph::Element::kInt8;
  std::int64_t count = 0;

  std::int64_t bytes() const { return element == qgraph::Element::kInt32 ? 4 * count : count; }
  friend bool operator==(const Object&, const Object&) = default;
};

/// An object FIFO.
struct Fifo {
  std::string name;
  core::TileId producer;
  std::vector<core::TileId> consumers;
  std::vector<int> depths;  ///< of the producer's pool, then of each consumer's
  Object object;
  std::string holds;           ///< "the weights of layer 'x'", for messages
  std::int64_t per_image = 0;  ///< objects; 0: once for a whole sequence
};

/// Data that one FIFO hands to others on a mem tile: one to one, distributed or joined.
struct FifoLink {
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::vector<std::int64_t> offsets;  ///< in elements, of the side that has several
};

/// Objects in one core's memory that several neighbours read, each at its own pace, where an
/// object FIFO would take a DMA channel: every reader has a (free, full) pair of locks that
/// count slots.
struct Ring {
  std::string name;
  core::TileId owner;
  int slots = 2;  ///< divides the rows of an image: each one starts with slot 0
  std::vector<core::TileId> readers;
  /// The reader that adds a part of its own to what the producer wrote, before the others are
  /// told that the slot is full; -1: nobody.
  int completer = -1;
  Object object;
  std::string holds;

  std::string buffer(int slot) const;
  std::string lock(int reader, bool full) const;
};

/// A buffer that the host's sequence writes parameters to.
struct ParameterBuffer {
  std::string name;
  core::TileId tile;
  std::vector<std::int32_t> initial;  ///< words that are properties of the design
};

/// Memory that only its core uses.
struct LocalBuffer {
  std::string name;
  core::TileId tile;
  Object object;
  std::string holds;
};

// What a core does.
struct FifoView {
  std::string fifo;
  int index = 0;
  friend bool operator==(const FifoView&, const FifoView&) = default;
};
struct RingView {
  std::string ring;
  int slot = 0;
  friend bool operator==(const RingView&, const RingView&) = default;
};
struct BufferView {
  std::string buffer;
  friend bool operator==(const BufferView&, const BufferView&) = default;
};
struct Constant {
  std::int32_t value = 0;
  friend bool operator==(const Constant&, const Constant&) = default;
};
/// A word of a parameter buffer, loaded after the weights have come.
struct LoadedWord {
  std::string buffer;
  int word = 0;
  friend bool operator==(const LoadedWord&, const LoadedWord&) = default;
};
using Argument = std::variant<FifoView, RingView, BufferView, Constant, LoadedWord>;

struct Acquire {
  std::string fifo;
  bool produce = false;
  int count = 1;
  friend bool operator==(const Acquire&, const Acquire&) = default;
};
struct Release {
  std::string fifo;
  bool produce = false;
  int count = 1;
  friend bool operator==(const Release&, const Release&) = default;
};
/// A reader waits until a slot is full; the producer until it is free for every reader.
struct TakeSlot {
  std::string ring;
  int reader = -1;  ///< -1: the producer
  friend bool operator==(const TakeSlot&, const TakeSlot&) = default;
};
struct GiveSlot {
  std::string ring;
  int reader = -1;
  friend bool operator==(const GiveSlot&, const GiveSlot&) = default;
};
/// The completer tells the other readers.
struct PassSlot {
  std::string ring;
  friend bool operator==(const PassSlot&, const PassSlot&) = default;
};
struct Call {
  std::string function;
  std::vector<Argument> arguments;
  friend bool operator==(const Call&, const Call&) = default;
};
struct Loop;
using Step = std::variant<Acquire, Release, TakeSlot, GiveSlot, PassSlot, Call, Loop>;
struct Loop {
  std::int64_t times = 0;  ///< 0: for ever
  std::vector<Step> body;
  friend bool operator==(const Loop& a, const Loop& b) {
    return a.times == b.times && a.body == b.body;
  }
};

struct Core {
  core::TileId tile;
  std::vector<std::string> layers;  ///< for the comment and the report
  std::vector<Step> body;
  int images = 1;  ///< that one run of the sequence brings it
};

/// A function that cores call.
struct Function {
  std::string name;
  std::vector<Object> pointers;
  int scalars = 0;  ///< of i32, behind the pointers
  KernelUse use;
};

/// One transfer of the host's sequence: contiguous bytes of an argument, or the same part of many
/// rows of it.
struct Transfer {
  std::string fifo;
  int argument = 0;  ///< 0 input, 1 weights, 2 output
  std::int64_t offset_words = 0;
  std::int64_t words = 0;  ///< of each row
  std::int64_t rows = 1;
  std::int64_t row_words = 0;  ///< from a row to the next
};

struct Program {
  std::vector<Fifo> fifos;
  std::vector<FifoLink> links;
  std::vector<Ring> rings;
  std::vector<ParameterBuffer> parameters;
  std::vector<LocalBuffer> buffers;
  std::vector<Core> cores;
  std::vector<Function> functions;
  std::vector<Transfer> transfers;        ///< in the order in which they are started
  std::vector<std::string> output_fifos;  ///< whose transfers end the sequence
  std::int64_t argument_words[3] = {0, 0, 0};
};

}  // namespace shiftwise::lower
