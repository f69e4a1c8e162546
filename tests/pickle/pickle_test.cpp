// SPDX-License-Identifier: Apache-2.0
#include "pickle/pickle.h"

#include <gtest/gtest.h>

#include "core/diagnostic.h"

namespace shiftwise::pickle {
namespace {

using namespace std::string_literals;

const Globals kKnown{"collections.OrderedDict", "numpy.dtype"};

/// A pickle that owns its bytes.
struct Read {
  explicit Read(std::string content)
      : bytes(std::move(content)),
        document(std::as_bytes(std::span(bytes)), kKnown, "some.pickle") {}
  const Value& root() const { return document.root(); }

  std::string bytes;
  Document document;
};

std::string refusal(const std::string& bytes) {
  try {
    Read read(bytes);
  } catch (const core::Error& error) {
    EXPECT_NE(error.diagnostic().where.find("some.pickle, byte "), std::string::npos);
    return error.what();
  }
  return "nothing was refused";
}

#define EXPECT_REFUSED(text, bytes) \
  EXPECT_NE(refusal(bytes).find(text), std::string::npos) << refusal(bytes)

TEST(Pickle, NumbersOfEveryWidthKeepTheirSign) {
  EXPECT_EQ(Read("K\xff.").root().integer, 255);
  EXPECT_EQ(Read("M\xff\xff.").root().integer, 65535);
  EXPECT_EQ(Read("J\xff\xff\xff\xff.").root().integer, -1);
  EXPECT_EQ(Read("\x8a\x00."s).root().integer, 0);
  EXPECT_EQ(Read("\x8a\x01\x80.").root().integer, -128);
  EXPECT_EQ(Read("\x8a\x02\xff\x00."s).root().integer, 255);
  EXPECT_EQ(Read("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80."s).root().integer, INT64_MIN);
  EXPECT_EQ(Read("G\x3f\xf8\x00\x00\x00\x00\x00\x00."s).root().real, 1.5);
  EXPECT_EQ(Read("\x88.").root().integer, 1);
}

TEST(Pickle, AnIntegerBeyond64BitsKeepsItsBytes) {
  const Read read("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.");
  EXPECT_EQ(read.root().kind, Kind::kBigInt);
  EXPECT_EQ(read.root().text, "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
}

TEST(Pickle, TextAndBytesAreToldApart) {
  for (const std::string& bytes : {"U\x02hi."s, "T\x02\0\0\0hi."s, "C\x02hi."s, "B\x02\0\0\0hi."s,
                                   "\x8e\x02\0\0\0\0\0\0\0hi."s}) {
    const Read read(bytes);
    EXPECT_EQ(read.root().kind, Kind::kBytes);
    EXPECT_EQ(read.root().text, "hi");
  }
  for (const std::string& text :
       {"\x8c\x02hi."s, "X\x02\0\0\0hi."s, "\x8d\x02\0\0\0\0\0\0\0hi."s}) {
    const Read read(text);
    EXPECT_EQ(read.root().kind, Kind::kString);
    EXPECT_EQ(read.root().text, "hi");
  }
}

TEST(Pickle, ContainersHoldWhatWasAddedInOrder) {
  const Read list(
      "\x80\x02](K\x01K\x02"
      "eK\x03"
      "a.");
  ASSERT_EQ(list.root().items.size(), 3U);
  EXPECT_EQ(list.root().items[2]->integer, 3);
  const Read tuple("(K\x01)K\x02\x86t.");
  ASSERT_EQ(tuple.root().items.size(), 2U);
  EXPECT_EQ(tuple.root().items[1]->items[1]->integer, 2);
}

TEST(Pickle, ADictionaryIsSearchedByTextOrBytes) {
  const Read read(
      "}(U\x01"
      "aK\x01X\x01\0\0\0bK\x02uU\x01"
      "aK\x03s."s);
  EXPECT_EQ(find(read.root(), "a")->integer, 3) << "the last one counts";
  EXPECT_EQ(find(read.root(), "b")->integer, 2);
  EXPECT_EQ(find(read.root(), "c"), nullptr);
}

TEST(Pickle, TheMemoSharesNodes) {
  const Read read(
      "]q\x01K\x07r\x2c\x01\0\0\x94"
      "0h\x01j\x2c\x01\0\0h\x02\x87."s);
  ASSERT_EQ(read.root().items.size(), 3U);
  EXPECT_EQ(read.root().items[0]->kind, Kind::kList);
  EXPECT_EQ(read.root().items[1], read.root().items[2]);
}

TEST(Pickle, ACycleIsHeldWithoutFollowingIt) {
  const Read read("]q\0h\0a."s);
  EXPECT_EQ(read.root().items.front(), &read.root());
}

TEST(Pickle, ACallIsRecordedAndNotMade) {
  const Read read(
      "cnumpy\ndtype\nU\x02u1\x85RK\x05"
      "b.");
  EXPECT_EQ(read.root().kind, Kind::kObject);
  EXPECT_EQ(read.root().callee->text, "numpy.dtype");
  EXPECT_EQ(read.root().arguments->items.front()->text, "u1");
  EXPECT_EQ(read.root().state->integer, 5);
}

TEST(Pickle, ItemsCanBeAddedToAnObject) {
  const Read read(
      "\x8c\x0b"
      "collections\x8c\x0bOrderedDict\x93)R\x8c\x01kK\x09s.");
  EXPECT_EQ(find(read.root(), "k")->integer, 9);
}

TEST(Pickle, APersistentIdIsKept) {
  const Read read("U\x07storageQ.");
  EXPECT_EQ(read.root().kind, Kind::kPersistent);
  EXPECT_EQ(read.root().callee->text, "storage");
}

TEST(Pickle, ItSaysWhereItEnds) {
  const std::string two = "K\x01.K\x02.";
  const Read first(two);
  EXPECT_EQ(first.document.size(), 3U);
  EXPECT_EQ(Read(two.substr(first.document.size())).root().integer, 2);
}

TEST(Pickle, AnUnknownGlobalIsRefusedByName) {
  EXPECT_REFUSED("it asks to call os.system; shiftwise executes nothing from a file",
                 "cos\nsystem\nU\x04true\x85R.");
  EXPECT_REFUSED("it asks to call os.system; shiftwise executes nothing from a file",
                 "\x8c\x02os\x8c\x06system\x93.");
  EXPECT_REFUSED("it asks to call numpy.ndarray;", "cnumpy\nndarray\n.");
  EXPECT_REFUSED("asks to call ?[2Jx.y;", "c\x1b[2Jx\ny\n.");
}

TEST(Pickle, OtherOpcodesAreRefused) {
  for (const char opcode : {'i', 'o', 'P', 'S', 'V', 'I', 'L', 'F', 'g', 'p', '\x82', '\x92'}) {
    EXPECT_REFUSED("has no place in plain data", "(K\x01"s + opcode + "1\n2\n.");
  }
}

TEST(Pickle, CallsOfAnythingButAGlobalAreRefused) {
  EXPECT_REFUSED("it calls something that is no global", "K\x01)R.");
  EXPECT_REFUSED("without a tuple of arguments", "cnumpy\ndtype\nK\x01R.");
  EXPECT_REFUSED("sets the state of something that is no object",
                 "K\x01K\x02"
                 "b.");
  EXPECT_REFUSED("the name of a global is no text", "K\x01K\x02\x93.");
}

TEST(Pickle, AStackThatRunsEmptyIsRefused) {
  for (const std::string& bytes :
       {"."s, "0."s, "K\x01\x86."s, "(0."s, "K\x01(a."s, "2."s, "q\x01."s, "b."s, "Q."s}) {
    EXPECT_REFUSED("the stack is empty", bytes);
  }
  EXPECT_REFUSED("there is no mark", "K\x01t.");
  EXPECT_REFUSED("nothing was remembered as 3", "h\x03.");
}

TEST(Pickle, ItemsForNoContainerAreRefused) {
  EXPECT_REFUSED("adds items to no container",
                 "K\x01K\x02"
                 "a.");
  EXPECT_REFUSED("adds items to no container", "](K\x02u.");
  EXPECT_REFUSED("a key has no value", "}(K\x02u.");
  EXPECT_REFUSED("a key has no value",
                 "(K\x02"
                 "d.");
}

TEST(Pickle, EveryTruncationIsRefused) {
  const std::string whole =
      "\x80\x02}q\x01(U\x01"
      "acnumpy\ndtype\nU\x02u1\x85Rq\x02K\x05"
      "bu."s;
  ASSERT_EQ(Read(whole).document.size(), whole.size());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_REFUSED("the pickle ends too early", whole.substr(0, size));
  }
}

TEST(Pickle, ALengthBeyondTheEndIsRefused) {
  EXPECT_REFUSED("the pickle ends too early", "\x8e\xff\xff\xff\xff\xff\xff\xff\xffhi.");
  EXPECT_REFUSED("the pickle ends too early", "T\xff\xff\xff\xffhi.");
}

TEST(Pickle, AFloodOfValuesIsRefused) {
  EXPECT_REFUSED("more than 1048576 values", std::string(2'000'000, 'N'));
}

TEST(Pickle, AProtocolFromTheFutureIsRefused) {
  EXPECT_REFUSED("protocol 6 is not known; at most 5", "\x80\x06N.");
}

}  // namespace
}  // namespace shiftwise::pickle
