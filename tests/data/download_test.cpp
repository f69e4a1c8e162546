// SPDX-License-Identifier: Apache-2.0
#include "data/download.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/hash.h"
#include "data/loopback_server.h"
#include "data/scratch_folder.h"

namespace shiftwise::data {
namespace {
namespace fs = std::filesystem;

#define EXPECT_REFUSED(text, message) \
  EXPECT_NE((message).find(text), std::string::npos) << (message)

/// What every test serves: large enough to arrive in several pieces.
const std::string kContent = [] {
  std::string content;
  for (unsigned i = 0; i < 300'000; ++i) content.push_back(static_cast<char>(i * i >> 5));
  return content;
}();
constexpr std::size_t kCut = 123'456;

std::string md5(const std::string& content) {
  return core::hash_bytes(core::HashKind::kMd5, std::as_bytes(std::span(content)));
}

std::string read(const fs::path& path) { return std::string(core::MappedFile(path).text()); }

/// A right answer whose connection is lost after `bytes` of the body.
std::string cut(const std::string& answer, std::size_t bytes) {
  return answer.substr(0, answer.find("\r\n\r\n") + 4 + bytes);
}

class DownloadTest : public ::testing::Test {
 protected:
  Download request_to(const std::string& url) const {
    return {.url = url, .md5 = md5(kContent), .file = file()};
  }
  fs::path file() const { return folder_.path() / "archive"; }
  fs::path part() const { return folder_.path() / "archive.part"; }
  std::string fetch(const Download& request, core::Fault fault = core::Fault::kData) const {
    return refusal([&] { download(request, core::silent_progress()); }, fault);
  }
  void keep_part(const std::string& content) const { folder_.write("archive.part", content); }

  ScratchFolder folder_;
};

/// Counts what it is told.
class Recorder : public core::Progress {
 public:
  void begin(std::string_view, std::int64_t total, std::string_view) override { total_ = total; }
  void advance(std::int64_t units) override { done_ += units; }
  std::int64_t total_ = 0;
  std::int64_t done_ = 0;
};

TEST_F(DownloadTest, BringsTheFileAndTellsTheProgress) {
  const LoopbackServer server([](const Request& r) { return Answer{serve_file(r, kContent)}; });
  Recorder recorder;
  download(request_to(server.url()), recorder);
  EXPECT_EQ(read(file()), kContent);
  EXPECT_FALSE(fs::exists(part()));
  EXPECT_EQ(recorder.total_, std::ssize(kContent));
  EXPECT_EQ(recorder.done_, std::ssize(kContent));
}

TEST_F(DownloadTest, AFileThatIsThereIsNotAskedForAgain) {
  const LoopbackServer server([](const Request& r) { return Answer{serve_file(r, kContent)}; });
  folder_.write("archive", kContent);
  download(request_to(server.url()), core::silent_progress());
  EXPECT_TRUE(server.requests().empty());
  folder_.write("archive", "another file");
  EXPECT_REFUSED("got " + md5("another file"), fetch(request_to(server.url())));
  EXPECT_EQ(read(file()), "another file");
}

TEST_F(DownloadTest, ACutConnectionKeepsThePartAndTheNextCallGoesOnBehindIt) {
  bool first = true;
  const LoopbackServer server([&](const Request& r) {
    const std::string answer = serve_file(r, kContent);
    return Answer{std::exchange(first, false) ? cut(answer, kCut) : answer};
  });
  const std::string message = fetch(request_to(server.url()));
  EXPECT_REFUSED("the download failed", message);
  EXPECT_REFUSED("call again: it goes on after the 123456 bytes that are kept", message);
  EXPECT_EQ(read(part()), kContent.substr(0, kCut));
  EXPECT_FALSE(fs::exists(file()));

  Recorder recorder;
  download(request_to(server.url()), recorder);
  EXPECT_EQ(read(file()), kContent);
  EXPECT_EQ(server.requests()[1].range_start, std::int64_t{kCut});
  EXPECT_EQ(recorder.total_, std::ssize(kContent));
  EXPECT_EQ(recorder.done_, std::ssize(kContent));
}

TEST_F(DownloadTest, AServerThatIgnoresRangesStartsOver) {
  const LoopbackServer server(
      [](const Request&) { return Answer{http_answer("200 OK", kContent)}; });
  keep_part(kContent.substr(0, kCut));
  download(request_to(server.url()), core::silent_progress());
  EXPECT_EQ(read(file()), kContent);
}

TEST_F(DownloadTest, AServerThatSendsAnotherRangeIsAskedForTheWhole) {
  const LoopbackServer server([](const Request& r) {
    Request other = r;
    if (other.range_start) other.range_start = 77;
    return Answer{serve_file(other, kContent)};
  });
  keep_part(kContent.substr(0, kCut));
  download(request_to(server.url()), core::silent_progress());
  EXPECT_EQ(read(file()), kContent);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(DownloadTest, AWholePartIsOnlyVerified) {
  const LoopbackServer server([](const Request& r) { return Answer{serve_file(r, kContent)}; });
  keep_part(kContent);
  download(request_to(server.url()), core::silent_progress());
  EXPECT_EQ(read(file()), kContent);
  EXPECT_EQ(server.requests().size(), 1U);  // answered 416
}

TEST_F(DownloadTest, APartLongerThanTheFileIsThrownAway) {
  const LoopbackServer server([](const Request& r) { return Answer{serve_file(r, kContent)}; });
  keep_part(kContent + "more");
  download(request_to(server.url()), core::silent_progress());
  EXPECT_EQ(read(file()), kContent);
  EXPECT_FALSE(server.requests()[1].range_start);
}

TEST_F(DownloadTest, AWrongSumIsNotUsedAndBothSumsAreNamed) {
  std::string other = kContent;
  other[1000] ^= 1;
  const LoopbackServer server([&](const Request& r) { return Answer{serve_file(r, other)}; });
  const std::string message = fetch(request_to(server.url()));
  EXPECT_REFUSED("expected md5 " + md5(kContent) + ", got " + md5(other), message);
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(DownloadTest, AFlippedByteInThePartIsFoundAtTheEnd) {
  const LoopbackServer server([](const Request& r) { return Answer{serve_file(r, kContent)}; });
  std::string damaged = kContent.substr(0, kCut);
  damaged[5] ^= 1;
  keep_part(damaged);
  EXPECT_REFUSED("expected md5", fetch(request_to(server.url())));
  download(request_to(server.url()), core::silent_progress());  // the next call starts over
  EXPECT_EQ(read(file()), kContent);
}

TEST_F(DownloadTest, AnErrorPageIsNeverTakenForTheFile) {
  const LoopbackServer server(
      [](const Request&) { return Answer{http_answer("404 Not Found", "no such page")}; });
  keep_part(kContent.substr(0, kCut));
  EXPECT_REFUSED("404", fetch(request_to(server.url())));
  EXPECT_EQ(read(part()), kContent.substr(0, kCut));
}

TEST_F(DownloadTest, RedirectsAreFollowed) {
  const LoopbackServer server([](const Request& r) {
    if (r.path == "/there") return Answer{serve_file(r, kContent)};
    return Answer{http_answer("302 Found", "a page to ignore", "Location: /there\r\n")};
  });
  keep_part(kContent.substr(0, kCut));
  download(request_to(server.url()), core::silent_progress());
  EXPECT_EQ(read(file()), kContent);
}

TEST_F(DownloadTest, ARedirectLoopEnds) {
  const LoopbackServer server(
      [](const Request&) { return Answer{http_answer("302 Found", "", "Location: /again\r\n")}; });
  EXPECT_REFUSED("Maximum (5) redirects followed", fetch(request_to(server.url())));
  EXPECT_EQ(server.requests().size(), 6U);
}

TEST_F(DownloadTest, ARedirectToALocalFileIsRefused) {
  const fs::path secret = folder_.write("secret", kContent);
  const LoopbackServer server([&](const Request&) {
    return Answer{http_answer("302 Found", "", "Location: file://" + secret.string() + "\r\n")};
  });
  EXPECT_REFUSED("the download failed", fetch(request_to(server.url())));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(DownloadTest, OtherKindsOfAddressAreUsageErrors) {
  for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1/x", "cifar.tar.gz", ""}) {
    EXPECT_REFUSED("neither http:// nor https://", fetch(request_to(url), core::Fault::kUsage));
  }
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(DownloadTest, AServerThatNeverAnswersTimesOut) {
  const LoopbackServer server([](const Request&) { return Answer{"", true}; });
  Download request = request_to(server.url());
  request.stall_timeout_s = 1;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_REFUSED("Operation too slow", fetch(request));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
}

TEST_F(DownloadTest, AServerThatFallsSilentTimesOutAndThePartIsKept) {
  const LoopbackServer server(
      [](const Request& r) { return Answer{cut(serve_file(r, kContent), kCut), true}; });
  Download request = request_to(server.url());
  request.stall_timeout_s = 1;
  EXPECT_REFUSED("call again", fetch(request));
  EXPECT_EQ(read(part()), kContent.substr(0, kCut));
}

TEST_F(DownloadTest, AServerThatIsNotThereIsAClearError) {
  std::string url;
  {
    const LoopbackServer server([](const Request&) { return Answer{}; });
    url = server.url();
  }
  EXPECT_REFUSED("Failed to connect", fetch(request_to(url)));
  EXPECT_FALSE(fs::exists(part())) << "nothing arrived, so nothing is left";
}

TEST_F(DownloadTest, AnEndlessFileIsCutOff) {
  const LoopbackServer server([](const Request& r) { return Answer{serve_file(r, kContent)}; });
  Download request = request_to(server.url());
  request.largest_bytes = 100'000;
  EXPECT_REFUSED("larger than 100000 bytes", fetch(request));
  EXPECT_TRUE(fs::is_empty(folder_.path())) << "what came of it is no use";
}

TEST_F(DownloadTest, ASecondDownloadOfTheSameFileIsRefused) {
  std::string inner;
  Download request;
  const LoopbackServer server([&](const Request& r) {
    inner = fetch(request);
    return Answer{serve_file(r, kContent)};
  });
  request = request_to(server.url());
  download(request, core::silent_progress());
  EXPECT_REFUSED("another download of the same file is running", inner);
  EXPECT_EQ(read(file()), kContent);
}

}  // namespace
}  // namespace shiftwise::data
