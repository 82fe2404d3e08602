#include "support/postgres_proxy.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

namespace seriatim::testing {
namespace {

constexpr const char* socket_name = "/.s.PGSQL.5432";

[[noreturn]] void throw_errno(const std::string& what) { throw std::system_error{errno, std::generic_category(), what}; }

std::string part_of(const std::string& url, std::string_view keyword) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree};
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->keyword == keyword && option->val != nullptr) return option->val;
  }
  throw std::invalid_argument{"the address of the database has no " + std::string{keyword}};
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::invalid_argument{"the path of a socket is too long: " + path};
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

int new_socket() {
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) throw_errno("cannot make a socket");
  return made;
}

int listen_at(const std::string& path) {
  const int made = new_socket();
  const sockaddr_un address = address_of(path);
  if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(made, 64) != 0) {
    throw_errno("cannot listen at " + path);
  }
  return made;
}

int connect_to(const std::string& path) {
  const int made = new_socket();
  const sockaddr_un address = address_of(path);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  ::close(made);
  return -1;
}

bool send_all(int target, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(target, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// False at the end of what the other side sends.
bool receive(int source, std::string& text) {
  char block[16384];
  const ssize_t size = ::recv(source, block, sizeof block, 0);
  if (size <= 0) return false;
  text.append(block, static_cast<std::size_t>(size));
  return true;
}

/// Takes the first whole message. All have a length of four bytes that counts itself; all but the very first of a client
/// have a type of one byte before it.
std::optional<std::string> take_message(std::string& text, bool typed) {
  const std::size_t before = typed ? 1 : 0;
  if (text.size() < before + 4) return std::nullopt;
  std::size_t length = before;
  std::size_t counted = 0;
  for (std::size_t i = 0; i < 4; ++i) counted = counted << 8U | static_cast<unsigned char>(text[before + i]);
  length += counted;
  if (text.size() < length) return std::nullopt;
  std::string message = text.substr(0, length);
  text.erase(0, length);
  return message;
}

/// A query whose text, which ends with a zero byte, ends with this statement.
bool commits(const std::string& message) {
  constexpr std::string_view end{"commit\0", 7};
  return message.front() == 'Q' && message.size() >= end.size() &&
         std::string_view{message}.substr(message.size() - end.size()) == end;
}

}  // namespace

PostgresProxy::PostgresProxy(const std::string& url)
    : server_path_{part_of(url, "host") + socket_name},
      url_{"postgresql://" + part_of(url, "user") + "@/" + part_of(url, "dbname") + "?host=" +
           directory_.path().string() + "&port=5432"},
      listener_{listen_at(directory_.path().string() + socket_name)} {
  if (::pipe(wake_) != 0) throw_errno("cannot make a pipe");
  thread_ = std::thread{[this] { work(); }};
}

PostgresProxy::~PostgresProxy() {
  (void)!::write(wake_[1], "x", 1);
  thread_.join();
  for (const Session& session : sessions_) {
    ::close(session.client);
    ::close(session.server);
  }
  for (const int descriptor : {listener_, wake_[0], wake_[1]}) ::close(descriptor);
}

void PostgresProxy::work() {
  for (;;) {
    std::vector<pollfd> polled{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Session& session : sessions_) {
      polled.push_back({session.client, POLLIN, 0});
      polled.push_back({session.server, POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    if (polled[0].revents != 0) return;
    std::size_t next = 2;
    for (Session& session : sessions_) {
      const bool client = polled[next++].revents != 0;
      const bool server = polled[next++].revents != 0;
      if (client) read_client(session);
      if (server && session.open) read_server(session);
    }
    if (polled[1].revents != 0) accept_client();
    sessions_.remove_if([](const Session& session) {
      if (session.open) return false;
      ::close(session.client);
      ::close(session.server);
      return true;
    });
  }
}

void PostgresProxy::accept_client() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = connect_to(server_path_);
  if (server < 0) {
    ::close(client);
    return;
  }
  sessions_.push_back({client, server, {}, {}});
}

void PostgresProxy::read_client(Session& session) {
  session.open = receive(session.client, session.from_client);
  while (session.open) {
    const std::optional<std::string> message = take_message(session.from_client, session.started);
    if (!message) return;
    session.started = true;
    pass_on_request(session, *message);
  }
}

void PostgresProxy::pass_on_request(Session& session, const std::string& message) {
  const Cut cut = commits(message) ? cut_.exchange(Cut::none) : Cut::none;
  if (cut == Cut::before_commit) {
    session.open = false;
    return;
  }
  session.silenced = session.silenced || cut == Cut::after_commit;
  session.open = pass_on(session.server, message);
}

bool PostgresProxy::pass_on(int target, std::string_view message) {
  const auto size = static_cast<std::int64_t>(message.size());
  const std::int64_t left = bytes_left_.load();
  if (left < 0) return send_all(target, message);
  if (left >= size) {
    bytes_left_ -= size;
    return send_all(target, message);
  }
  bytes_left_ = -1;
  (void)send_all(target, message.substr(0, static_cast<std::size_t>(left)));
  return false;
}

void PostgresProxy::read_server(Session& session) {
  session.open = receive(session.server, session.from_server);
  while (session.open) {
    const std::optional<std::string> message = take_message(session.from_server, true);
    if (!message) return;
    const bool ready = message->front() == 'Z';
    if (ready) ++round_trips_;
    if (session.silenced) {
      session.open = !ready;
    } else {
      session.open = pass_on(session.client, *message);
    }
  }
}

}  // namespace seriatim::testing
