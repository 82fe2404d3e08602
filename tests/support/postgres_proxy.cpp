#include "support/postgres_proxy.hpp"

#include <algorithm>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
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

/// A message of that type with that text.
std::string message_of(char type, std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size() + 1 + 4);
  std::string message{type};
  for (const unsigned shift : {24U, 16U, 8U, 0U}) message += static_cast<char>(length >> shift & 0xffU);
  return message.append(text).append(1, '\0');
}

/// A query that fails as the statement `query` might: within its transaction, if it begins one.
std::string refused(const std::string& query) {
  return (query.rfind("begin", 0) == 0 ? query.substr(0, query.find(';')) + "; " : "") +
         "do $$ begin raise exception 'the test struck here' using errcode = 'XX000'; end $$";
}

/// What the message of a session is, for counting: a query's text, or another name; empty when it does not count.
std::string kind_of(const std::string& message, bool started, bool copying) {
  constexpr std::string_view cancel_request{"\x04\xd2\x16\x2e", 4};
  if (!started) return message.compare(4, 4, cancel_request) == 0 ? "" : "connecting";
  if (message.front() == 'Q') return message.substr(5, message.size() - 6);
  if (message.front() == 'c') return "copy end";
  return message.front() == 'd' && !copying ? "copy row" : "";
}

}  // namespace

PostgresProxy::PostgresProxy(const std::string& url)
    : server_path_{part_of(url, "host") + socket_name},
      url_{"postgresql://" + part_of(url, "user") + "@/" + part_of(url, "dbname") + "?host=" +
           directory_.path().string() + "&port=5432&application_name=proxy"},
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
  for (const int descriptor : forsaken_) ::close(descriptor);
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
    if (polled[0].revents != 0) {
      char wish = 'x';
      if (::read(wake_[0], &wish, 1) != 1 || wish == 'x') return;
      for (Session& session : sessions_) session.open = false;
    }
    std::size_t next = 2;
    for (Session& session : sessions_) {
      const bool client = polled[next++].revents != 0;
      const bool server = polled[next++].revents != 0;
      if (client && session.open) read_client(session);
      if (server && session.open) read_server(session);
    }
    if (polled[1].revents != 0) accept_client();
    sessions_.remove_if([this](const Session& session) {
      if (session.open) return false;
      ::close(session.client);
      if (session.forsaken) {
        forsaken_.push_back(session.server);
      } else {
        ::close(session.server);
      }
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
    const std::string kind = kind_of(*message, session.started, session.copying);
    session.copying = session.started && message->front() == 'd';
    session.started = true;
    const std::string struck = kind.empty() ? *message : strike(session, *message, kind);
    if (session.open) pass_on_request(session, struck);
  }
}

void PostgresProxy::pass_on_request(Session& session, const std::string& message) {
  if (message.front() == 'Q' && queries_left_ > 0 && --queries_left_ == 0) {
    ++cuts_;
    session.open = false;
    return;
  }
  const Cut cut = commits(message) ? cut_.exchange(Cut::none) : Cut::none;
  if (cut != Cut::none) ++cuts_;
  if (cut == Cut::before_commit || cut == Cut::unnoticed) {
    session.open = false;
    session.forsaken = cut == Cut::unnoticed;
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
  ++cuts_;
  (void)send_all(target, message.substr(0, static_cast<std::size_t>(left)));
  return false;
}

void PostgresProxy::close_door() { std::filesystem::remove(directory_.path().string() + socket_name); }

void PostgresProxy::cut_all() { (void)!::write(wake_[1], "c", 1); }

void PostgresProxy::strike_at(std::size_t n, Strike strike, std::function<void()> call) {
  const std::scoped_lock lock{mutex_};
  strike_at_ = n;
  strike_ = strike;
  call_ = std::move(call);
  messages_ = 0;
  last_with_.clear();
  struck_.clear();
}

std::size_t PostgresProxy::last_with(const std::string& text) const {
  const std::scoped_lock lock{mutex_};
  const auto found = last_with_.find(text);
  return found == last_with_.end() ? 0 : found->second;
}

bool PostgresProxy::has_seen(const std::string& part) const {
  const std::scoped_lock lock{mutex_};
  return std::any_of(last_with_.begin(), last_with_.end(),
                     [&](const auto& message) { return message.first.find(part) != std::string::npos; });
}

std::string PostgresProxy::struck() const {
  const std::scoped_lock lock{mutex_};
  return struck_;
}

std::size_t PostgresProxy::messages() const {
  const std::scoped_lock lock{mutex_};
  return messages_;
}

std::string PostgresProxy::strike(Session& session, const std::string& message, const std::string& what) {
  std::function<void()> call;
  {
    const std::scoped_lock lock{mutex_};
    const bool refusable = message.front() == 'Q' || what == "copy end";
    if (strike_ == Strike::refuse && !refusable) return message;
    last_with_[what] = ++messages_;
    if (messages_ != strike_at_) return message;
    struck_ = what;
    if (strike_ == Strike::refuse) {
      return what == "copy end" ? message_of('f', "the test struck here") : message_of('Q', refused(what));
    }
    session.open = strike_ != Strike::cut_before;
    session.silenced = strike_ == Strike::cut_after;
    if (strike_ == Strike::call) call = call_;
  }
  if (call) call();
  return message;
}

void PostgresProxy::read_server(Session& session) {
  session.open = receive(session.server, session.from_server);
  while (session.open) {
    const std::optional<std::string> message = take_message(session.from_server, true);
    if (!message) return;
    const bool ready = message->front() == 'Z';
    if (ready) ++round_trips_;
    if (message->front() == 'D') ++rows_;
    if (session.silenced) {
      // After "copy in" the server waits for rows, which do not come.
      session.open = !ready && message->front() != 'G';
    } else {
      session.open = pass_on(session.client, *message);
    }
  }
}

}  // namespace seriatim::testing
