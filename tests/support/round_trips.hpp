#pragma once
// Counts the messages that programs send to a database: the server logs each with its duration before it answers.

#include "support/server_log.hpp"

namespace seriatim::testing {

/// Counts those of connections that are opened to the database while it exists. One database at a time.
class RoundTrips {
 public:
  explicit RoundTrips(const std::string& url) : log_{url} {}

  /// Since it was made, or asked last.
  [[nodiscard]] int take() {
    constexpr std::string_view message = "LOG:  duration: ";
    const std::string text = log_.take();
    int messages = 0;
    for (auto at = text.find(message); at != std::string::npos; at = text.find(message, at + 1)) ++messages;
    return messages;
  }

 private:
  ServerLog log_;
};

}  // namespace seriatim::testing
