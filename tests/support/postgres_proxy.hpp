#pragma once
// Stands between a program and PostgreSQL: counts round trips, and cuts the connection where a test wants it.
//
//   PostgresProxy proxy{shared_cluster().create_database()};
//   options.database_url = proxy.url();
//   const std::size_t before = proxy.round_trips();

#include <atomic>
#include <cstddef>
#include <functional>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

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

  /// Rows that the server has sent so far.
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

  /// Connections that `cut_next`, `cut_at_query` and `cut_after` have cut so far.
  [[nodiscard]] std::size_t cuts() const noexcept { return cuts_; }

  enum class Cut : std::uint8_t {
    none,
    before_commit,  ///< The message with COMMIT never arrives.
    after_commit,   ///< It is carried out, but its answer never arrives.
    unnoticed,      ///< It never arrives, and the server is not told that the client is gone.
  };

  /// Cuts the connection that sends the next message with a COMMIT at its end; after that, none.
  void cut_next(Cut cut) noexcept { cut_ = cut; }

  /// Nobody can connect any more. Connections that are open stay.
  void close_door();

  /// Cuts all connections, as when all clients are killed.
  void cut_all();

  /// What happens to one message of a client.
  enum class Strike : std::uint8_t {
    cut_before,  ///< The message never arrives, and the connection ends.
    cut_after,   ///< It is carried out, but its answer never arrives, and the connection ends.
    refuse,      ///< The server refuses it with an error: what would have been done is not done.
    call,        ///< A function is called before it is passed on.
  };

  /// Strikes at the n-th message from now on, from 1, whichever client it is of. Counted are connecting, queries, the
  /// first row of each COPY and its end; with `refuse`, queries and the ends of COPY. `call` runs on the proxy's thread,
  /// while nothing else is passed on.
  void strike_at(std::size_t n, Strike strike, std::function<void()> call = {});
  void strike_never() { strike_at(0, Strike::call); }

  /// The text of the query that was struck, or what else it was ("connecting", "copy row", "copy end"); empty while none was.
  [[nodiscard]] std::string struck() const;

  /// How many messages were counted since then.
  [[nodiscard]] std::size_t messages() const;

  /// Which one of these was the last with this text; 0: none.
  [[nodiscard]] std::size_t last_with(const std::string& text) const;

  /// Whether any of them had this in its text.
  [[nodiscard]] bool has_seen(const std::string& part) const;

  /// Cuts the connection that sends the nth query from now on, which never arrives; 0: none.
  void cut_at_query(int n) noexcept { queries_left_ = n; }

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
    bool copying = false;     ///< A row of a COPY came last.
    bool open = true;
    bool forsaken = false;    ///< The server is not told of its end.
  };

  void work();
  void accept_client();
  void read_client(Session& session);
  void read_server(Session& session);
  void pass_on_request(Session& session, const std::string& message);
  /// What is to be sent in place of the message; nothing when the session is over.
  std::string strike(Session& session, const std::string& message, const std::string& what);
  /// False when the other side is gone, or the session is to be cut here.
  [[nodiscard]] bool pass_on(int target, std::string_view message);

  ThrowawayDirectory directory_;
  std::string server_path_;
  std::string url_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};  ///< Written to when the thread is to end ('x') or to cut all sessions ('c').
  std::atomic<std::size_t> round_trips_{0};
  std::atomic<std::size_t> rows_{0};
  std::atomic<std::size_t> cuts_{0};
  std::atomic<Cut> cut_{Cut::none};
  mutable std::mutex mutex_;  ///< Guards the six below.
  std::size_t strike_at_ = 0;
  std::size_t messages_ = 0;
  std::map<std::string, std::size_t> last_with_;
  Strike strike_ = Strike::call;
  std::string struck_;
  std::function<void()> call_;   ///< Set while nobody strikes.
  std::atomic<int> queries_left_{0};
  std::atomic<std::int64_t> bytes_left_{-1};  ///< Until the next cut; none when negative.
  std::list<Session> sessions_;  ///< Only the thread's.
  std::vector<int> forsaken_;    ///< Sockets of sessions that the server does not know the end of. Only the thread's.
  std::thread thread_;
};

}  // namespace seriatim::testing
