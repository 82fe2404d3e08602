#include "migrations/planner.hpp"

#include <algorithm>
#include <map>

#include "seriatim/errors.hpp"

namespace seriatim::migrations {
namespace {

constexpr std::string_view placeholder = "%SUFFIX%";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Puts a plan together, and collects everything that is wrong with it on the way.
class Planner {
 public:
  Planner(const Domain& domain, int from, int to) : domain_{domain} {
    plan_.from = from;
    plan_.to = to;
  }

  Plan make() {
    refuse_impossible_range();
    find_newest_replays();
    for_each_change(ViewChange::Kind::replay, [&](int version, const std::string& name) { add_replay(version, name); });
    for_each_change(ViewChange::Kind::alter_table,
                    [&](int version, const std::string& name) { add_alteration(version, name); });
    if (!plan_.empty()) find_collisions();
    refuse_problems();
    return std::move(plan_);
  }

 private:
  void refuse_impossible_range() const {
    const std::string views = "the views of " + domain_.name();
    if (plan_.to < plan_.from) {
      throw_error<ErrorCode::migration>(
          views + " are at version " + std::to_string(plan_.from) + ", which is above the target " +
          std::to_string(plan_.to) + ": views only go forward, add a newer version that rebuilds what you want back");
    }
    const int latest = domain_.versions().latest();
    if (plan_.to > std::max(latest, plan_.from)) {
      throw_error<ErrorCode::migration>(views + " have no version " + std::to_string(plan_.to) + ": the newest is " +
                                        std::to_string(latest) + ", add the version to the domain or choose that one");
    }
  }

  template <class Visit>
  void for_each_change(ViewChange::Kind kind, Visit visit) const {
    for (const auto& [version, changes] : domain_.versions().all()) {
      if (version <= plan_.from || version > plan_.to) continue;
      for (const ViewChange& change : changes) {
        if (change.kind == kind) visit(version, change.name);
      }
    }
  }

  void find_newest_replays() {
    for_each_change(ViewChange::Kind::replay,
                    [&](int version, const std::string& name) { newest_replay_[name] = version; });
  }

  void add_replay(int version, const std::string& name) {
    const ProjectorType* projector = find_projector(name);
    if (projector == nullptr) {
      problem("version " + std::to_string(version) + " replays " + name +
              ", which is not registered: add it with `projector<" + name + ">()`");
      return;
    }
    const bool planned = std::any_of(plan_.replays.begin(), plan_.replays.end(),
                                     [&](const Replay& replay) { return replay.projector == projector; });
    if (planned || newest_replay_[name] != version) return;
    Replay& replay = plan_.replays.emplace_back(Replay{projector, version, {}});
    for (const RecordType* record : projector->manages) replay.tables.push_back(table_to_build(*record));
  }

  TableToBuild table_to_build(const RecordType& record) {
    const std::string table{record.table};
    TableToBuild build{&record, {}, find_file(table + ".indexes.sql"), {}};
    if (build.indexes_sql && is_blank(*build.indexes_sql)) build.indexes_sql.reset();
    if (build.indexes_sql) require_placeholder(table + ".indexes.sql", *build.indexes_sql);
    if (const auto sql = find_file(table + ".sql")) {
      build.create_sql = *sql;
      require_placeholder(table + ".sql", *sql);
    } else {
      problem("the file " + table + ".sql is missing");
    }
    return build;
  }

  void add_alteration(int version, const std::string& table) {
    const ProjectorType* projector = find_manager(table);
    if (projector == nullptr) {
      problem("version " + std::to_string(version) + " alters table " + table + ", which no projector manages");
      return;
    }
    const auto replayed = newest_replay_.find(std::string{projector->name});
    if (replayed != newest_replay_.end() && version <= replayed->second) return;
    const std::string file = table + "_" + std::to_string(version) + ".sql";
    const auto sql = find_file(file);
    if (!sql) return problem("the file " + file + " is missing");
    TableToBuild* build = sql->find(placeholder) == std::string_view::npos ? nullptr : find_build(table);
    std::vector<Alteration>& alters = build != nullptr ? build->alters : plan_.alters;
    const bool planned = std::any_of(alters.begin(), alters.end(), [&](const Alteration& alter) {
      return alter.table == table && alter.version == version;
    });
    if (!planned) alters.push_back({table, version, *sql});
  }

  /// A table is built, and kept after the switch, under its name and a version: names that no table of its own may have.
  void find_collisions() {
    for (const ProjectorType& projector : domain_.projectors()) {
      for (const RecordType* record : projector.manages) {
        for (const int version : {plan_.from, plan_.to}) {
          const std::string name = std::string{record->table} + "_" + std::to_string(version);
          if (find_manager(name) == nullptr) continue;
          problem("table " + name + " has the name that table " + std::string{record->table} + " gets for version " +
                  std::to_string(version) + ", so it would be dropped: rename one of them");
        }
      }
    }
  }

  /// The table that this plan builds anew, if it does.
  TableToBuild* find_build(std::string_view table) {
    for (Replay& replay : plan_.replays) {
      for (TableToBuild& build : replay.tables) {
        if (build.record->table == table) return &build;
      }
    }
    return nullptr;
  }

  void require_placeholder(const std::string& file, std::string_view sql) {
    if (sql.find(placeholder) != std::string_view::npos) return;
    problem("the file " + file + " does not say " + std::string{placeholder} +
            ", which belongs after each name that must be unique in the schema");
  }

  [[nodiscard]] const ProjectorType* find_projector(std::string_view name) const {
    for (const ProjectorType& projector : domain_.projectors()) {
      if (projector.name == name) return &projector;
    }
    return nullptr;
  }

  [[nodiscard]] const ProjectorType* find_manager(std::string_view table) const {
    for (const ProjectorType& projector : domain_.projectors()) {
      for (const RecordType* record : projector.manages) {
        if (record->table == table) return &projector;
      }
    }
    return nullptr;
  }

  [[nodiscard]] std::optional<std::string_view> find_file(std::string_view name) const {
    for (const SqlFile& file : domain_.sql()) {
      if (file.name == name) return file.text;
    }
    return std::nullopt;
  }

  /// Several versions may have the same problem; it is told once.
  void problem(std::string text) {
    if (std::find(problems_.begin(), problems_.end(), text) == problems_.end()) problems_.push_back(std::move(text));
  }

  void refuse_problems() const {
    if (problems_.empty()) return;
    std::string message = "the views of " + domain_.name() + " cannot go from version " + std::to_string(plan_.from) +
                          " to " + std::to_string(plan_.to) + ": ";
    for (std::size_t i = 0; i < problems_.size(); ++i) message.append(i == 0 ? "" : "; ").append(problems_[i]);
    throw_error<ErrorCode::migration>(message);
  }

  const Domain& domain_;
  Plan plan_;
  std::map<std::string, int> newest_replay_;
  std::vector<std::string> problems_;
};

}  // namespace

Plan plan(const Domain& domain, int from, int to) {
  return Planner{domain, from, to}.make();
}

std::string with_suffix(std::string_view sql, std::string_view suffix) {
  std::string out;
  for (std::size_t at = sql.find(placeholder); at != std::string_view::npos; at = sql.find(placeholder)) {
    out.append(sql.substr(0, at)).append(suffix);
    sql.remove_prefix(at + placeholder.size());
  }
  return out.append(sql);
}

}  // namespace seriatim::migrations
