#pragma once
// Fingerprints: what a projector was when its tables were built, so that a change of it shows.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/domain.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {

struct ColumnFingerprint {
  std::string name;
  std::string type;  ///< "decimal", "optional string", "list of {street string}".
};
BOOST_DESCRIBE_STRUCT(ColumnFingerprint, (), (name, type))

struct TableFingerprint {
  std::string name;
  std::vector<ColumnFingerprint> columns;  ///< By name.
};
BOOST_DESCRIBE_STRUCT(TableFingerprint, (), (name, columns))

/// The event types that a projector handles and the columns of its records. The order in which a program lists them
/// does not matter.
struct Fingerprint {
  std::vector<std::string> events;
  std::vector<TableFingerprint> tables;
};
BOOST_DESCRIBE_STRUCT(Fingerprint, (), (events, tables))

[[nodiscard]] Fingerprint fingerprint_of(const ProjectorType& projector);

/// "table t: column a decimal is new", ...: what of the records is not as it was.
[[nodiscard]] std::vector<std::string> record_changes(const Fingerprint& before, const Fingerprint& now);

/// "event E is new", ...: what of the handled events is not as it was.
[[nodiscard]] std::vector<std::string> event_changes(const Fingerprint& before, const Fingerprint& now);

/// The fingerprint that was stored when the tables were built, with the version of the plan that built them.
struct BuiltProjector {
  int version;
  Fingerprint fingerprint;
};

/// How fast a rebuild was.
struct RebuildRate {
  std::int64_t events = 0;
  double seconds = 0;
};

/// What is stored about the views of one schema; works in whatever transaction is open.
class BuiltViews {
 public:
  BuiltViews(postgres::Connection& connection, const postgres::SchemaNames& names, std::string view_schema);

  /// By the projector's name.
  [[nodiscard]] std::map<std::string, BuiltProjector> projectors();

  /// To be called within the switch to `version`: the projectors whose tables that version builds or alters, of those
  /// after `from`, are from now on what the domain says.
  void note_switch(const Domain& domain, int from, int version);

  /// The projector's tables are those of a version from now on.
  void note(const ProjectorType& projector, int version);

  [[nodiscard]] std::optional<RebuildRate> rate();
  void note_rate(const RebuildRate& rate);

 private:
  postgres::Connection& connection_;
  std::string fingerprints_;
  std::string rates_;
  std::string view_schema_;  ///< As a literal.
};

/// Sentences about records that have changed since their tables were built, although the plan of the domain knows no
/// newer version of them; `version` is that of the database.
[[nodiscard]] std::vector<std::string> unplanned_changes(const Domain& domain, int version,
                                                         const std::map<std::string, BuiltProjector>& built);

/// Whether the projector's tables are there in the version that this program has of them, so that it may write.
[[nodiscard]] bool is_current(const Domain& domain, const ProjectorType& projector, int version);

}  // namespace seriatim::migrations
