#pragma once
// Reading the rows of large queries.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/postgres/connection.hpp"

struct pg_conn;
struct pg_cancel;

namespace seriatim::postgres {

/// Reads the rows of queries by COPY in its binary form, over a connection of its own. That costs the server two thirds
/// of what a cursor does, and this side half: rows are neither collected nor split into fields before they are looked at,
/// and there are no round trips. libpqxx can COPY tables only, so this is libpq.
///
/// Not thread-safe, but for `cancel`.
class CopyReader {
 public:
  /// Connects; with the session settings of Connection. Error(connection_lost).
  explicit CopyReader(const std::string& url);
  ~CopyReader() = default;
  CopyReader(const CopyReader&) = delete;
  CopyReader& operator=(const CopyReader&) = delete;

  /// Runs statements that return nothing.
  void execute(const std::string& sql);

  /// Calls `visit` with each row of the query, which is its fields as RowFields takes them apart; valid during the call.
  /// After an exception the reader can do nothing any more but end.
  void read(const std::string& query, const std::function<void(std::string_view row)>& visit);

  /// As Connection::cancel. Thread-safe.
  void cancel() noexcept;

 private:
  struct Finish {
    void operator()(pg_conn* connection) const noexcept;
    void operator()(pg_cancel* cancel) const noexcept;
  };

  [[noreturn]] void fail() const;
  void finish_copy();

  std::unique_ptr<pg_conn, Finish> connection_;
  std::unique_ptr<pg_cancel, Finish> cancel_;
};

/// The fields of a row in the binary form of COPY, one after the other.
class RowFields {
 public:
  explicit RowFields(std::string_view row) noexcept : at_{row.data()} {}

  /// The next field's bytes, empty for NULL. There must be one.
  std::string_view next() noexcept;

 private:
  const char* at_;
};

/// A big-endian integer of a binary field.
template <class Unsigned>
[[nodiscard]] Unsigned big_endian(const char* bytes) noexcept {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value = static_cast<Unsigned>((value << 8U) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

inline std::string_view RowFields::next() noexcept {
  const auto length = static_cast<std::int32_t>(big_endian<std::uint32_t>(at_));
  at_ += sizeof length;
  if (length < 0) return {};
  const std::string_view field{at_, static_cast<std::size_t>(length)};
  at_ += length;
  return field;
}

}  // namespace seriatim::postgres
