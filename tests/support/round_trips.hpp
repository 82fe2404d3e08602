#pragma once
// Counts the messages that programs send to a database: the server logs each with its duration before it answers.

#include <fstream>
#include <pqxx/pqxx>
#include <string>

namespace seriatim::testing {

/// Counts those of connections that are opened to the database while it exists. One database at a time.
class RoundTrips {
 public:
  explicit RoundTrips(const std::string& url) : connection_{url} {
    pqxx::nontransaction work{connection_};
    log_ = work.exec("show data_directory")[0][0].c_str() + std::string{"/server.log"};
    const std::string database = connection_.dbname();
    work.exec("alter database " + database + " set log_min_duration_statement = 0");
    (void)take();
  }

  /// Since it was made, or asked last.
  [[nodiscard]] int take() {
    std::ifstream log{log_};
    log.seekg(read_);
    int messages = 0;
    for (std::string line; std::getline(log, line);) {
      if (line.find("LOG:  duration: ") != std::string::npos) ++messages;
      read_ += static_cast<std::streamoff>(line.size()) + 1;
    }
    return messages;
  }

 private:
  pqxx::connection connection_;  ///< Opened before the database logs, so that it is not counted itself.
  std::string log_;
  std::streamoff read_ = 0;
};

}  // namespace seriatim::testing
