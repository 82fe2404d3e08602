#pragma once
// The version that a switch replaced, while its tables are kept so that it can come back.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "migrations/fingerprint.hpp"
#include "migrations/planner.hpp"
#include "migrations/version_table.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim::migrations {

/// A projector as it was when its tables were the live ones.
struct KeptProjector {
  std::string name;
  std::int32_t version = 0;  ///< Of the plan that last touched the tables.
  Fingerprint fingerprint;   ///< Without tables when nothing was noted of them.
};
BOOST_DESCRIBE_STRUCT(KeptProjector, (), (name, version, fingerprint))

/// What a switch replaces, or has replaced.
struct KeptViews {
  int version = 0;
  int live_version = 0;                   ///< By which it was replaced.
  std::vector<std::string> tables;        ///< By their live names.
  std::vector<KeptProjector> projectors;  ///< Whose tables these are.
  std::string refusal;                    ///< Why the version cannot come back; empty when it can.
  Timestamp until{};
  bool expired = false;  ///< By the database's clock.
};

/// The name of a version's table while another version is live.
[[nodiscard]] inline std::string archived(const std::string& table, int version) {
  return table + "_" + std::to_string(version);
}

/// What the switch of a plan replaces: the tables that it builds anew, and those of projectors that the domain has no
/// longer, as far as they are there.
[[nodiscard]] KeptViews replaced_by(postgres::Connection& connection, const postgres::SchemaNames& names,
                                    const Domain& domain, const Plan& plan);

/// The kept versions of one view schema in the table kept_views of the event store. Works in whatever transaction is
/// open; whoever writes has the migration lock.
class KeptTable {
 public:
  KeptTable(postgres::Connection& connection, const postgres::SchemaNames& names, const std::string& view_schema);

  /// Newest first.
  [[nodiscard]] std::vector<KeptViews> all();
  /// The version that may come back in place of the live one; nothing when none is kept, or its time is over.
  [[nodiscard]] std::optional<KeptViews> usable(int live_version);

  /// Within the switch: keeps what it replaced for that long, and nothing else.
  void keep(const KeptViews& replaced, std::chrono::seconds time);
  void forget(int version);

  /// Drops the tables of versions whose time is over, or of all kept versions; each version in a transaction of its own.
  std::vector<KeptVersion> drop(VersionTable& versions, bool also_unexpired);

 private:
  postgres::Connection& connection_;
  std::string view_schema_;
  std::string table_;
  std::string schema_;  ///< As a literal.
};

/// For people: the names of the tables as they are now.
[[nodiscard]] KeptVersion described(const KeptViews& kept);

}  // namespace seriatim::migrations
