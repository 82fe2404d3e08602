#pragma once
// What the server writes into its log about a database: every statement, with how long it took.

#include <fstream>
#include <iterator>
#include <pqxx/pqxx>
#include <string>

namespace seriatim::testing {

/// Of connections that are opened to the database while it exists. One database at a time.
class ServerLog {
 public:
  explicit ServerLog(const std::string& url) : connection_{url} {
    pqxx::nontransaction work{connection_};
    log_ = work.exec("show data_directory")[0][0].c_str() + std::string{"/server.log"};
    const std::string database = connection_.dbname();
    work.exec("alter database " + database + " set log_min_duration_statement = 0");
    (void)take();
  }

  /// What was written since it was made, or asked last.
  [[nodiscard]] std::string take() {
    std::ifstream log{log_, std::ios::binary};
    log.seekg(read_);
    std::string text{std::istreambuf_iterator<char>{log}, {}};
    text.resize(text.rfind('\n') + 1);  // The rest is not written to its end.
    read_ += static_cast<std::streamoff>(text.size());
    return text;
  }

 private:
  pqxx::connection connection_;  ///< Opened before the database logs, so that it is not logged itself.
  std::string log_;
  std::streamoff read_ = 0;
};

}  // namespace seriatim::testing
