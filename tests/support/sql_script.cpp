#include "support/sql_script.hpp"

#include <libpq-fe.h>

#include <fstream>
#include <memory>
#include <stdexcept>

namespace seriatim::testing {
namespace {

using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

void require(const Session& session, bool fine) {
  if (!fine) throw std::runtime_error{PQerrorMessage(session.get())};
}

/// The lines up to the one that ends the data.
void copy(const Session& session, std::istream& script) {
  for (std::string line; std::getline(script, line) && line != "\\.";) {
    line += '\n';
    require(session, PQputCopyData(session.get(), line.c_str(), static_cast<int>(line.size())) == 1);
  }
  require(session, PQputCopyEnd(session.get(), nullptr) == 1);
  for (Result end{PQgetResult(session.get()), &PQclear}; end != nullptr; end.reset(PQgetResult(session.get()))) {
    require(session, PQresultStatus(end.get()) == PGRES_COMMAND_OK);
  }
}

}  // namespace

void run_sql_script(const std::string& url, const std::filesystem::path& file) {
  const Session session{PQconnectdb(url.c_str()), &PQfinish};
  require(session, PQstatus(session.get()) == CONNECTION_OK);
  std::ifstream script{file};
  if (!script) throw std::runtime_error{"there is no file " + file.string()};
  std::string statement;
  bool quoted = false;  // Within a function's body.
  for (std::string line; std::getline(script, line);) {
    if (line.starts_with("--")) continue;
    for (std::size_t at = line.find("$$"); at != std::string::npos; at = line.find("$$", at + 2)) quoted = !quoted;
    statement += line + "\n";
    if (quoted || !line.ends_with(';')) continue;
    const Result result{PQexec(session.get(), statement.c_str()), &PQclear};
    const ExecStatusType status = PQresultStatus(result.get());
    require(session, status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN);
    if (status == PGRES_COPY_IN) copy(session, script);
    statement.clear();
  }
}

}  // namespace seriatim::testing
