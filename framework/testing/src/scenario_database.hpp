#pragma once
// A PostgreSQL database for one scenario.

#include <string>
#include <vector>

#include "seriatim/domain.hpp"

namespace seriatim::testing {

/// A copy of a database in which the domains' store and views were installed once by this process; dropped in the
/// destructor. It is on the server of SERIATIM_TEST_DATABASE_URL, whose user must be allowed to create databases, or else on
/// a throw-away server of this process. Thread-safety: objects may be made by several threads.
class ScenarioDatabase {
 public:
  explicit ScenarioDatabase(const std::vector<Domain>& domains);
  ~ScenarioDatabase();
  ScenarioDatabase(const ScenarioDatabase&) = delete;
  ScenarioDatabase& operator=(const ScenarioDatabase&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  std::string name_;
  std::string url_;
};

}  // namespace seriatim::testing
