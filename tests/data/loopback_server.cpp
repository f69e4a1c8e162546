// SPDX-License-Identifier: Apache-2.0
#include "data/loopback_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace shiftwise::data {
namespace {

Request parse(const std::string& head) {
  Request request;
  const std::size_t begin = head.find(' ') + 1;
  request.path = head.substr(begin, head.find(' ', begin) - begin);
  const std::string name = "\r\nRange: bytes=";
  if (const std::size_t at = head.find(name); at != std::string::npos) {
    request.range_start = std::atoll(head.c_str() + at + name.size());
  }
  return request;
}

}  // namespace

LoopbackServer::LoopbackServer(std::function<Answer(const Request&)> handler)
    : handler_(std::move(handler)) {
  // A proxy that the environment names must not come between.
  ::setenv("no_proxy", "127.0.0.1", 1);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  ::listen(listener_, 8);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  stop_ = true;
  thread_.join();
  for (const int connection : hanging_) ::close(connection);
  ::close(listener_);
}

std::string LoopbackServer::url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<Request> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void LoopbackServer::serve() {
  constexpr int kLookUpMs = 20;
  while (!stop_) {
    pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kLookUpMs) <= 0) continue;
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection >= 0) answer(connection);
  }
}

void LoopbackServer::answer(int connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(connection, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    head.append(buffer, static_cast<std::size_t>(got));
  }
  const Request request = parse(head);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const Answer reply = handler_(request);
  std::string_view rest = reply.bytes;
  while (!rest.empty()) {
    const ssize_t sent = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (reply.hang) {
    hanging_.push_back(connection);
  } else {
    ::close(connection);
  }
}

std::string http_answer(const std::string& status, const std::string& body,
                        const std::string& headers) {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{}", status,
                     headers, body.size(), body);
}

std::string serve_file(const Request& request, const std::string& file) {
  if (!request.range_start) return http_answer("200 OK", file);
  const auto start = static_cast<std::size_t>(*request.range_start);
  if (start >= file.size()) {
    return http_answer("416 Range Not Satisfiable", "",
                       fmt::format("Content-Range: bytes */{}\r\n", file.size()));
  }
  return http_answer(
      "206 Partial Content", file.substr(start),
      fmt::format("Content-Range: bytes {}-{}/{}\r\n", start, file.size() - 1, file.size()));
}

}  // namespace shiftwise::data
