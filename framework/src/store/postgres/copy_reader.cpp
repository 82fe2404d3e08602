#include "store/postgres/copy_reader.hpp"

#include <libpq-fe.h>

#include <array>

namespace seriatim::postgres {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;
using Buffer = std::unique_ptr<char, decltype(&PQfreemem)>;

/// What COPY sends before the first row: a signature, flags, and the length of an extension, which is empty.
constexpr std::size_t header_bytes = 11 + 4 + 4;
constexpr std::size_t field_count_bytes = 2;

Result run(PGconn* connection, const std::string& sql) { return {PQexec(connection, sql.c_str()), &PQclear}; }

std::string state_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state != nullptr ? state : "";
}

}  // namespace

void CopyReader::Finish::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }
void CopyReader::Finish::operator()(pg_cancel* cancel) const noexcept { PQfreeCancel(cancel); }

CopyReader::CopyReader(const std::string& url) : connection_{PQconnectdb(url.c_str())} {
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
  execute(session_settings());
  cancel_.reset(PQgetCancel(connection_.get()));
}

void CopyReader::fail() const {
  const char* message = PQerrorMessage(connection_.get());
  throw_database_error("", message == nullptr ? "" : message, PQstatus(connection_.get()) != CONNECTION_OK);
}

void CopyReader::execute(const std::string& sql) {
  const Result result = run(connection_.get(), sql);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  if (result == nullptr) fail();
  throw_database_error(state_of(result.get()), PQresultErrorMessage(result.get()),
                       PQstatus(connection_.get()) != CONNECTION_OK);
}

void CopyReader::read(const std::string& query, const std::function<void(std::string_view row)>& visit) {
  const Result begun = run(connection_.get(), "copy (" + query + ") to stdout (format binary)");
  if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) {
    if (begun == nullptr) fail();
    throw_database_error(state_of(begun.get()), PQresultErrorMessage(begun.get()),
                         PQstatus(connection_.get()) != CONNECTION_OK);
  }
  std::size_t skipped = header_bytes;  // The header comes with the first row, with the end, or by itself.
  for (;;) {
    char* data = nullptr;
    const int length = PQgetCopyData(connection_.get(), &data, 0);
    if (length < 0) break;
    const Buffer buffer{data, &PQfreemem};
    const std::string_view row = std::string_view{data, static_cast<std::size_t>(length)}.substr(skipped);
    skipped = 0;
    // The end is marked by a row of -1 fields.
    if (!row.empty() && big_endian<std::uint16_t>(row.data()) != 0xffff) visit(row.substr(field_count_bytes));
  }
  finish_copy();
}

/// The server says at the end whether all went well.
void CopyReader::finish_copy() {
  for (Result result{PQgetResult(connection_.get()), &PQclear}; result != nullptr;
       result.reset(PQgetResult(connection_.get()))) {
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) continue;
    throw_database_error(state_of(result.get()), PQresultErrorMessage(result.get()),
                         PQstatus(connection_.get()) != CONNECTION_OK);
  }
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
}

void CopyReader::cancel() noexcept {
  std::array<char, 256> why{};
  // When the server does not take it, the statement ends by itself, or is asked again.
  if (cancel_ != nullptr) (void)PQcancel(cancel_.get(), why.data(), static_cast<int>(why.size()));
}

}  // namespace seriatim::postgres
