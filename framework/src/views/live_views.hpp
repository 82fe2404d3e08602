#pragma once
// What is live in the database, as far as it decides which projectors may write.

#include <map>
#include <string>

namespace seriatim::views {

/// The views of one domain at one instant.
struct LiveViews {
  int version = 0;
  /// The name of the table that stands for all of this: it has another one as soon as any of it changes.
  std::string marker;
  /// By name: the version of the plan that last touched the tables of an active projector; 0 for one that is inactive. A
  /// projector that nothing is known of is not in it.
  std::map<std::string, int, std::less<>> projectors;

  friend bool operator==(const LiveViews&, const LiveViews&) = default;
};

}  // namespace seriatim::views
