#pragma once
// Stands between a program and PostgreSQL: counts round trips, and cuts the connection where a test wants it.
//
//   PostgresProxy proxy{shared_cluster().create_database()};
//   options.database_url = proxy.url();
//   const std::size_t before = proxy.round_trips();

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <thread>

#include "support/throwaway_cluster.hpp"

namespace seriatim::testing {

/// Passes on whole messages between its clients and a server on a Unix socket. It counts the answers that end with "ready
/// for query", of which the server sends exactly one for each message that a client waits for; those that open a session
/// count too. Thread-safe.
class PostgresProxy {
 public:
  /// `url` is that of a database of a throw-away cluster.
  explicit PostgresProxy(const std::string& url);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  /// The same database, through the proxy.
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  /// Since it was made. An answer is counted before the client can see it.
  [[nodiscard]] std::size_t round_trips() const noexcept { return round_trips_; }

  enum class Cut : std::uint8_t {
    none,
    before_commit,  ///< The message with COMMIT never arrives.
    after_commit,   ///< It is carried out, but its answer never arrives.
  };

  /// Cuts the connection that sends the next message with a COMMIT at its end; after that, none.
  void cut_next(Cut cut) noexcept { cut_ = cut; }

  /// Lets so many more bytes pass, of all sessions and in both directions, and then cuts the session whose next byte comes,
  /// wherever in a message that is.
  void cut_after(std::size_t bytes) noexcept { bytes_left_ = static_cast<std::int64_t>(bytes); }

 private:
  /// One client with its connection to the server.
  struct Session {
    int client;
    int server;
    std::string from_client;  ///< What is not a whole message yet.
    std::string from_server;
    bool started = false;     ///< The first message has no type.
    bool silenced = false;    ///< Its answer is swallowed, and ends the session.
    bool open = true;
  };

  void work();
  void accept_client();
  void read_client(Session& session);
  void read_server(Session& session);
  void pass_on_request(Session& session, const std::string& message);
  /// False when the other side is gone, or the session is to be cut here.
  [[nodiscard]] bool pass_on(int target, std::string_view message);

  ThrowawayDirectory directory_;
  std::string server_path_;
  std::string url_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};  ///< Written to when the thread is to end.
  std::atomic<std::size_t> round_trips_{0};
  std::atomic<Cut> cut_{Cut::none};
  std::atomic<std::int64_t> bytes_left_{-1};  ///< Until the next cut; none when negative.
  std::list<Session> sessions_;  ///< Only the thread's.
  std::thread thread_;
};

}  // namespace seriatim::testing
