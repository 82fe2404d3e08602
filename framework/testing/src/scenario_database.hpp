#pragma once
// A PostgreSQL database for one scenario.

#include <set>
#include <string>
#include <vector>

#include "seriatim/domain.hpp"

namespace seriatim::testing {

/// A database in which the store and the views of some domains are installed.
struct InstalledDatabase {
  std::string key;  ///< What tells these domains from others.
  std::string url;
  std::set<std::string> kept;  ///< The tables that had rows when it was installed.
};

/// An empty database for the domains. The first one of the process installs it, which takes a second; those behind it get
/// it again, emptied. It is on the server of SERIATIM_TEST_DATABASE_URL, whose user must be allowed to create databases,
/// and dropped at the end; or else on a throw-away server of this process. Thread-safety: objects may be made by several
/// threads.
class ScenarioDatabase {
 public:
  explicit ScenarioDatabase(const std::vector<Domain>& domains);
  ~ScenarioDatabase();
  ScenarioDatabase(const ScenarioDatabase&) = delete;
  ScenarioDatabase& operator=(const ScenarioDatabase&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return database_.url; }

 private:
  InstalledDatabase database_;
};

}  // namespace seriatim::testing
