#include "migrations/postgres_verifier.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "migrations/fingerprint.hpp"
#include "migrations/verified_projector.hpp"
#include "migrations/version_table.hpp"
#include "views/active_views.hpp"

namespace seriatim::migrations {
namespace {

using Clock = std::chrono::steady_clock;
using postgres::quoted_name;

/// Few enough that a snapshot, and a version that is held, last some hundredths of a second.
constexpr std::size_t aggregates_a_group = 500;
constexpr std::chrono::milliseconds report_every{200};

/// One run of the verifier.
class Verification {
 public:
  Verification(const std::string& url, const postgres::PostgresStore& store, const Domain& domain,
               const VerificationOptions& options, const std::function<void(const VerificationProgress&)>& report,
               const std::function<bool()>& cancelled)
      : connection_{url},
        store_{store},
        domain_{domain},
        options_{options},
        report_{report},
        cancelled_{cancelled},
        versions_{connection_, domain.view_schema()},
        aggregates_{quoted_name(store.names().store, "aggregates")} {}

  VerificationResult run() {
    const auto start = Clock::now();
    choose_projectors();
    if (!projectors_.empty()) {
      compare_groups();
      if (!options_.sample) compare_ownerless_rows();
      compare_whole_tables();
      collect();
      if (options_.repair) repair();
    }
    tell();
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(result_);
  }

 private:
  void choose_projectors() {
    const VersionTable::Live live = versions_.live();
    version_ = live.version;
    marker_ = live.marker;
    bool known = !options_.projector;
    for (const ProjectorType& projector : domain_.projectors()) {
      if (options_.projector && projector.name != *options_.projector) continue;
      known = true;
      if (is_current(domain_, projector, version_)) {
        projectors_.push_back(std::make_unique<VerifiedProjector>(connection_, store_, domain_, projector));
      } else if (views::installed_version(domain_, projector, version_) == 0) {
        result_.notes.push_back("the tables of " + std::string{projector.name} + " are not built yet");
      } else {
        throw_error<ErrorCode::projector_migrating>("the tables of " + std::string{projector.name} +
                                                    " are of another version than this plugin's (the views of " +
                                                    domain_.name() + " are at version " + std::to_string(version_) +
                                                    "): migrate them, or use the plugin that fits");
      }
    }
    if (known) return;
    throw_error<ErrorCode::usage>("domain " + domain_.name() + " has no projector named \"" + *options_.projector +
                                  "\"");
  }

  /// Keeps the version of the views, as writers do. In a transaction that has no snapshot yet.
  void hold_version() {
    try {
      connection_.execute("lock table " + quoted_name(domain_.view_schema(), marker_) +
                          " in access share mode");
    } catch (const postgres::DatabaseError& error) {
      if (error.sqlstate() != "42P01") throw;
      throw_error<ErrorCode::projector_migrating>("the views of " + domain_.name() +
                                                  " were migrated while they were verified: verify them again");
    }
  }

  void begin_snapshot() {
    connection_.execute("begin isolation level repeatable read");
    hold_version();
  }

  void end() { connection_.execute("rollback"); }

  // --- aggregates, in groups
  // ------------------------------------------------------------------------------------------

  void compare_groups() {
    progress_.total = options_.sample ? 0 : count_aggregates();
    std::vector<AggregateId> sample;
    if (options_.sample) {
      sample = choose_sample();
      progress_.total = static_cast<std::int64_t>(sample.size());
    }
    std::optional<AggregateId> last;
    for (std::size_t done = 0;;) {
      begin_snapshot();
      std::vector<AggregateId> group;
      if (options_.sample) {
        const auto from = sample.begin() + static_cast<std::ptrdiff_t>(done);
        group.assign(from, from + static_cast<std::ptrdiff_t>(std::min(aggregates_a_group, sample.size() - done)));
      } else {
        group = next_group(last);
      }
      if (!group.empty()) compare_group(group);
      end();
      if (group.empty()) return;
      done += group.size();
      last = group.back();
      progress_.aggregates = result_.aggregates = static_cast<std::int64_t>(done);
      tell_now_and_then();
    }
  }

  std::int64_t count_aggregates() {
    return connection_.execute("select count(*) from " + aggregates_)[0][0].as<std::int64_t>();
  }

  std::vector<AggregateId> ids_of(const std::string& sql) {
    std::vector<AggregateId> ids;
    for (const auto& row : connection_.execute(sql)) {
      ids.push_back(parse_uuid(std::string_view{row[0].c_str(), row[0].size()}).value());
    }
    return ids;
  }

  /// The same ones for the same seed.
  std::vector<AggregateId> choose_sample() {
    const auto seed = std::to_string(static_cast<std::int64_t>(options_.seed));
    return ids_of("select aggregate_id from " + aggregates_ + " order by hashtextextended(aggregate_id::text, " + seed +
                  "), aggregate_id limit " + std::to_string(*options_.sample));
  }

  std::vector<AggregateId> next_group(const std::optional<AggregateId>& last) {
    const std::string after = last ? " where aggregate_id > '" + uuid_text(*last) + "'" : "";
    return ids_of("select aggregate_id from " + aggregates_ + after + " order by aggregate_id limit " +
                  std::to_string(aggregates_a_group));
  }

  [[nodiscard]] std::vector<RefoldedProjector*> folds(bool local) const {
    std::vector<RefoldedProjector*> out;
    for (const auto& projector : projectors_) {
      if (projector->fold.local() == local) out.push_back(&projector->fold);
    }
    return out;
  }

  void compare_group(const std::vector<AggregateId>& ids) {
    const auto local = folds(true);
    if (local.empty()) return;
    count_events(refold(connection_, store_, local, &ids));
    for (const auto& projector : projectors_) {
      if (projector->fold.local()) projector->fold.check_owners();
      if (!projector->fold.local()) continue;
      for (std::size_t i = 0; i < projector->tables(); ++i) {
        note(*projector, i, projector->of_aggregates(connection_, i, ids, false, result_.rows));
      }
    }
  }

  void note(VerifiedProjector& projector, std::size_t table, const std::vector<WrongRow>& rows) {
    for (const WrongRow& row : rows) projector.note(table, row);
    progress_.wrong_rows += static_cast<std::int64_t>(rows.size());
  }

  // --- rows of no aggregate
  // -------------------------------------------------------------------------------------------

  void compare_ownerless_rows() {
    begin_snapshot();
    for (const auto& projector : projectors_) {
      if (!projector->fold.local()) continue;
      for (std::size_t i = 0; i < projector->tables(); ++i) {
        const auto rows = projector->of_nobody(connection_, i, false);
        result_.rows += static_cast<std::int64_t>(rows.size());
        note(*projector, i, rows);
      }
    }
    end();
  }

  // --- tables that several aggregates feed
  // ----------------------------------------------------------------------------

  void compare_whole_tables() {
    for (const auto& projector : projectors_) {
      if (projector->fold.local()) continue;
      // What was found before it showed is worth nothing.
      progress_.wrong_rows -= projector->wrong_rows;
      projector->forget();
      const std::string name{projector->name()};
      if (options_.sample && options_.projector) {
        throw_error<ErrorCode::usage>(
            "the rows of " + name +
            " are fed by several aggregates, so no sample of aggregates can tell whether they "
            "are right: verify it with --full");
      }
      if (options_.sample) {
        result_.notes.push_back(
            name + " was not compared, because its rows are fed by several aggregates: verify it with --full");
      } else {
        compare_whole(*projector);
      }
    }
  }

  void compare_whole(VerifiedProjector& projector) {
    begin_snapshot();
    RefoldedProjector* const folds[] = {&projector.fold};
    count_events(refold(connection_, store_, folds, nullptr));
    for (std::size_t i = 0; i < projector.tables(); ++i) {
      note(projector, i, projector.of_everybody(connection_, i, result_.rows));
    }
    end();
    if (!options_.repair || projector.differences.empty()) return;
    result_.notes.push_back(std::string{projector.name()} +
                            " was not repaired, because its rows are fed by several aggregates: add a version that "
                            "replays it");
  }

  // --- results and repair
  // ---------------------------------------------------------------------------------------------

  void collect() {
    for (const auto& projector : projectors_) {
      result_.wrong_rows += projector->wrong_rows;
      for (ViewDifference& difference : projector->differences) result_.differences.push_back(std::move(difference));
    }
  }

  void repair() {
    std::set<AggregateId> wrong;
    for (const ViewDifference& difference : result_.differences) {
      if (difference.aggregate_id) wrong.insert(*difference.aggregate_id);
    }
    for (const AggregateId& id : wrong) {
      repair_aggregate(id);
      tell_now_and_then();
    }
    if (!options_.sample) repair_ownerless_rows();
    for (ViewDifference& difference : result_.differences) difference.repaired = is_local(difference.projector);
  }

  [[nodiscard]] bool is_local(const std::string& name) const {
    return std::any_of(projectors_.begin(), projectors_.end(),
                       [&](const auto& projector) { return projector->name() == name && projector->fold.local(); });
  }

  /// Under the aggregate's lock nobody adds events, nor changes its rows: what differs now is repaired, and no more.
  void repair_aggregate(const AggregateId& id) {
    const std::vector<AggregateId> ids{id};
    const auto local = folds(true);
    if (local.empty()) return;
    begin_repair();
    connection_.execute("select from " + aggregates_ + " where aggregate_id = '" + uuid_text(id) +
                        "' for no key update");
    (void)refold(connection_, store_, local, &ids);
    for (const auto& projector : projectors_) {
      if (!projector->fold.local()) continue;
      std::int64_t read = 0;
      for (std::size_t i = 0; i < projector->tables(); ++i) {
        rewrite(projector->table(i), projector->of_aggregates(connection_, i, ids, true, read));
      }
    }
    connection_.execute("commit", postgres::Phase::commit);
  }

  void repair_ownerless_rows() {
    begin_repair();
    for (const auto& projector : projectors_) {
      if (!projector->fold.local()) continue;
      for (std::size_t i = 0; i < projector->tables(); ++i) {
        rewrite(projector->table(i), projector->of_nobody(connection_, i, true));
      }
    }
    connection_.execute("commit", postgres::Phase::commit);
  }

  void begin_repair() {
    connection_.execute("begin");
    hold_version();
  }

  /// Surplus rows first: they may hold the unique keys of missing ones.
  void rewrite(const ComparedTable& table, std::vector<WrongRow> rows) {
    const auto rank = [](const WrongRow& row) {
      return row.kind == ViewDifference::Kind::surplus ? 0 : row.kind == ViewDifference::Kind::changed ? 1 : 2;
    };
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    for (const WrongRow& row : rows) connection_.execute(table.repair(connection_, row));
    result_.repaired_rows += static_cast<std::int64_t>(rows.size());
  }

  // --- progress
  // -------------------------------------------------------------------------------------------------------

  void count_events(std::int64_t events) {
    result_.events += events;
    progress_.events = result_.events;
  }

  void tell() const {
    if (report_) report_(progress_);
  }

  void tell_now_and_then() {
    if (cancelled_ && cancelled_()) {
      throw_error<ErrorCode::migration>("the verification was cancelled: rows that were repaired stay repaired");
    }
    const auto now = Clock::now();
    if (now - told_ < report_every) return;
    told_ = now;
    tell();
  }

  postgres::Connection connection_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  const VerificationOptions& options_;
  const std::function<void(const VerificationProgress&)>& report_;
  const std::function<bool()>& cancelled_;
  VersionTable versions_;
  std::string aggregates_;  ///< Qualified name of the table.
  int version_ = 0;
  std::string marker_;  ///< Of that version.
  std::vector<std::unique_ptr<VerifiedProjector>> projectors_;
  VerificationResult result_;
  VerificationProgress progress_;
  Clock::time_point told_{};
};

}  // namespace

VerificationResult PostgresVerifier::verify(const VerificationOptions& options,
                                            const std::function<void(const VerificationProgress&)>& report,
                                            const std::function<bool()>& cancelled) {
  return Verification{url_, store_, domain_, options, report, cancelled}.run();
}

}  // namespace seriatim::migrations
