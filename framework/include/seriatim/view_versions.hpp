#pragma once
// The version plan of a domain's views: what each version of the view schema changes.
//
//     ViewVersions{}
//         .version(1, {replay<WalletProjector>()})
//         .version(2, {replay<TransactionProjector>()})
//         .version(3, {alter_table<WalletRecord>()});
//
// See docs/view-migrations.md for how a plan is carried out.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seriatim/views.hpp"

namespace seriatim {

/// One step of a version.
struct ViewChange {
  enum class Kind : std::uint8_t {
    replay,       ///< Build the projector's tables anew from all events.
    alter_table,  ///< Run `<table>_<version>.sql` during the switch.
  };
  Kind kind;
  std::string name;  ///< replay: the projector's name; alter_table: the table's.
};

/// Rebuild all tables of projector P.
template <class P>
[[nodiscard]] ViewChange replay() {
  return {ViewChange::Kind::replay, std::string{P::type_name}};
}

/// Alter the table of record R in place.
template <class R>
[[nodiscard]] ViewChange alter_table() {
  return {ViewChange::Kind::alter_table, std::string{R::table}};
}

/// One file of the domain's view SQL, embedded in the plugin: its name ("wallet_records.sql") and text.
struct SqlFile {
  std::string_view name;
  std::string_view text;
};

/// Version number -> what it changes. Numbers start at 1 and rise; gaps are fine.
class ViewVersions {
 public:
  /// Adds a version. Error(configuration) when the number is below 1 or not above the last one.
  ViewVersions& version(int number, std::vector<ViewChange> changes);

  [[nodiscard]] const std::map<int, std::vector<ViewChange>>& all() const noexcept { return versions_; }

  /// The newest version; 0 when there is none.
  [[nodiscard]] int latest() const noexcept { return versions_.empty() ? 0 : versions_.rbegin()->first; }

 private:
  std::map<int, std::vector<ViewChange>> versions_;
};

}  // namespace seriatim
