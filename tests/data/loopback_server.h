// SPDX-License-Identifier: Apache-2.0
// A tiny HTTP server on 127.0.0.1 that answers as a test wants, rightly or wrongly.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace shiftwise::data {

struct Request {
  std::string path;
  std::optional<std::int64_t> range_start;  ///< of "Range: bytes=N-"
};

/// What goes over the wire, byte for byte; then the connection is closed, or, with `hang`,
/// stays open and silent until the server goes away.
struct Answer {
  std::string bytes;
  bool hang = false;
};

/// Serves from construction to destruction, one connection at a time.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::function<Answer(const Request&)> handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// "http://127.0.0.1:<port><path>".
  std::string url(const std::string& path = "/cifar.tar.gz") const;
  /// Every request so far.
  std::vector<Request> requests() const;

 private:
  void serve();
  void answer(int connection);

  std::function<Answer(const Request&)> handler_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> hanging_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// "HTTP/1.1 <status>", the given header lines (each ending in \r\n), Content-Length, body.
std::string http_answer(const std::string& status, const std::string& body,
                        const std::string& headers = {});

/// A server's right answer: the whole file, the asked range, or 416.
std::string serve_file(const Request& request, const std::string& file);

}  // namespace shiftwise::data
