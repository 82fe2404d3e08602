#pragma once
// Loading rows of a view table in bulk.

#include <memory>
#include <string>
#include <string_view>

#include "seriatim/views.hpp"
#include "store/postgres/connection.hpp"

namespace seriatim::postgres {

/// Writes records into a table by COPY, about ten times as fast as INSERT does. While it is there, the connection can
/// do nothing else. Runs in the transaction that is open, or else as one of its own, which `complete` commits; for
/// tables that nobody reads yet, so a loss of the connection leaves nothing in doubt that matters.
///
///     CopyWriter writer{connection, record_type<WalletRecord>(), "view_schema", "_2"};
///     persistor.for_each_row(record_type<WalletRecord>(), [&](const void* row) { writer.write(row); });
///     writer.complete();
///
/// Not thread-safe. Throws the errors of Connection.
class CopyWriter {
 public:
  /// Begins to write into the table `<schema>.<table of the record><suffix>`. `connection` must outlive the writer.
  CopyWriter(Connection& connection, const RecordType& type, std::string_view schema, std::string_view suffix);

  /// Without `complete` before it, the server refuses all rows, and an open transaction has failed.
  ~CopyWriter();
  CopyWriter(const CopyWriter&) = delete;
  CopyWriter& operator=(const CopyWriter&) = delete;

  /// Adds a row. It may wait in memory for further ones, so its errors may show in a later call. Error(serialization)
  /// when a text contains U+0000.
  void write(const void* record);

  /// Sends what is left and ends the COPY; no other calls after it. Errors of any row show here at the latest.
  void complete();

 private:
  class Stream;

  const RecordType& type_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace seriatim::postgres
