// SPDX-License-Identifier: Apache-2.0
#include "data/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <memory>
#include <string_view>

#include "core/diagnostic.h"
#include "core/hash.h"
#include "data/part_file.h"

namespace shiftwise::data {
namespace {

enum class Outcome {
  kComplete,
  kNothingMore,  ///< the server says that the part is as long as the file, or longer
  kWrongRange,   ///< the server sent another range than the one asked for
};

/// One request: appends the answer to the part that is there.
class Transfer {
 public:
  Transfer(const Download& request, PartFile& part, core::Progress& progress)
      : request_(request), part_(part), progress_(progress), curl_(curl_easy_init()) {
    core::expects(curl_ != nullptr, "libcurl can be set up");
    set_up();
  }

  Outcome run() {
    const CURLcode code = curl_easy_perform(curl_.get());
    progress_.end();
    if (failure_) std::rethrow_exception(failure_);
    if (wrong_range_) return Outcome::kWrongRange;
    if (code == CURLE_HTTP_RETURNED_ERROR && status() == 416 && asked_range_) {
      return Outcome::kNothingMore;
    }
    if (code != CURLE_OK) fail(reason(code));
    if (part_.size() < total_) fail("the server stopped early");
    return Outcome::kComplete;
  }

 private:
  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };

  void set_up() {
    CURL* curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "shiftwise");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message_);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, static_cast<long>(request_.redirects));
    const bool secure = request_.url.starts_with("https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request_.connect_timeout_s));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout_s));
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
    if (part_.size() > 0) {
      asked_range_ = true;
      curl_easy_setopt(curl, CURLOPT_RANGE, fmt::format("{}-", part_.size()).c_str());
    }
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  /// Exceptions must not pass through libcurl: kept here, thrown again by run().
  template <typename Body>
  bool guarded(Body body) {
    try {
      body();
      return !wrong_range_;
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
    static_cast<Transfer*>(self)->header({data, size});
    return size;
  }
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    return transfer->guarded([&] { transfer->body({data, size}); }) ? size : CURL_WRITEFUNC_ERROR;
  }
  static int on_tick(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->guarded([] { core::check_interrupted(); }) ? 0 : 1;
  }

  /// Remembers where the range of the latest answer begins; redirects have headers too.
  void header(std::string_view line) {
    constexpr std::string_view kName = "content-range: bytes ";
    if (line.starts_with("HTTP/")) range_start_ = -1;
    if (line.size() < kName.size()) return;
    std::string name(line.substr(0, kName.size()));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name != kName) return;
    std::from_chars(line.data() + kName.size(), line.data() + line.size(), range_start_);
  }

  void body(std::string_view bytes) {
    if (total_ < 0) begin();
    if (wrong_range_) return;
    if (part_.size() + std::ssize(bytes) > request_.largest_bytes) {
      part_.clear();
      fail(fmt::format("it is larger than {} bytes, which the right file is not",
                       request_.largest_bytes));
    }
    part_.append(bytes);
    progress_.advance(std::ssize(bytes));
  }

  /// The first bytes of the answer are there: do they belong behind the part?
  void begin() {
    if (status() == 200) {
      part_.clear();  // a server that ignores ranges starts over
    } else if (status() != 206) {
      fail(fmt::format("the server answered {}", status()));
    } else if (range_start_ != part_.size()) {
      wrong_range_ = true;
      return;
    }
    curl_off_t length = -1;
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    total_ = length < 0 ? 0 : part_.size() + length;
    progress_.begin("download", total_, "bytes");
    progress_.advance(part_.size());
  }

  std::string reason(CURLcode code) const {
    return message_[0] != '\0' ? message_ : curl_easy_strerror(code);
  }

  [[noreturn]] void fail(std::string why) const {
    std::string hint = "check the address and the network, or import an archive that you have";
    if (part_.size() > 0) {
      hint = fmt::format("call again: it goes on after the {} bytes that are kept in {}",
                         part_.size(), part_.path().string());
    }
    throw core::Error({.what = "the download failed",
                       .where = request_.url,
                       .why = std::move(why),
                       .hint = std::move(hint)});
  }

  const Download& request_;
  PartFile& part_;
  core::Progress& progress_;
  std::unique_ptr<CURL, Cleanup> curl_;
  char message_[CURL_ERROR_SIZE] = "";
  bool asked_range_ = false;
  bool wrong_range_ = false;
  std::int64_t range_start_ = -1;
  std::int64_t total_ = -1;  ///< of the whole file; 0 where the server does not say
  std::exception_ptr failure_;
};

core::Error wrong_sum(const std::string& where, const std::string& want, const std::string& got,
                      std::string hint) {
  return core::Error({.what = "the archive is not the right one",
                      .where = where,
                      .why = fmt::format("expected md5 {}, got {}", want, got),
                      .hint = std::move(hint)});
}

}  // namespace

void download(const Download& request, core::Progress& progress) {
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) {
    throw core::Error({.fault = core::Fault::kUsage,
                       .what = "cannot download from this address",
                       .where = request.url,
                       .why = "it begins with neither http:// nor https://"});
  }
  std::error_code ignored;
  if (std::filesystem::exists(request.file, ignored)) {
    const std::string sum = core::hash_file(core::HashKind::kMd5, request.file);
    if (sum == request.md5) return;
    throw wrong_sum(request.file.string(), request.md5, sum, "remove it and call again");
  }
  static const CURLcode curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  core::expects(curl_ready == CURLE_OK, "libcurl can be set up");

  std::filesystem::path part_name = request.file;
  PartFile part(part_name += ".part");
  const auto sum = [&] { return core::hash_file(core::HashKind::kMd5, part.path()); };
  const Outcome outcome = Transfer(request, part, progress).run();
  const bool useless =
      outcome == Outcome::kWrongRange || (outcome == Outcome::kNothingMore && sum() != request.md5);
  if (useless) {
    part.clear();
    Transfer(request, part, progress).run();
  }
  const std::string got = sum();
  if (got != request.md5) {
    part.remove();
    throw wrong_sum(request.url, request.md5, got,
                    "it was not used and has been deleted; call again, or try another mirror");
  }
  part.publish(request.file);
}

}  // namespace shiftwise::data
