#include "migrations/fingerprint.hpp"

#include <algorithm>

#include "seriatim/json.hpp"
#include "views/active_views.hpp"

namespace seriatim::migrations {
namespace {

using attributes::Kind;

std::string type_text(const attributes::Type& type) {
  if (type.kind == Kind::optional) return "optional " + type_text(*type.element);
  if (type.kind == Kind::list) return "list of " + type_text(*type.element);
  if (type.kind != Kind::object) return std::string{to_string(type.kind)};
  std::string text = "{";
  for (const attributes::Member& member : type.members) {
    text.append(text.size() == 1 ? "" : ", ").append(member.name).append(" ").append(type_text(*member.type));
  }
  return text + "}";
}

template <class Items, class Name>
void sort_by(Items& items, Name name) {
  std::sort(items.begin(), items.end(), [&](const auto& a, const auto& b) { return a.*name < b.*name; });
}

template <class Items, class Name>
auto find_by(const Items& items, Name name, const std::string& wanted) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.*name == wanted; });
  return found == items.end() ? nullptr : &*found;
}

void compare_columns(const TableFingerprint& before, const TableFingerprint& now, std::vector<std::string>& out) {
  const std::string table = "table " + now.name + ": column ";
  for (const ColumnFingerprint& column : now.columns) {
    const ColumnFingerprint* old = find_by(before.columns, &ColumnFingerprint::name, column.name);
    if (old == nullptr) {
      out.push_back(table + column.name + " (" + column.type + ") is new");
    } else if (old->type != column.type) {
      out.push_back(table + column.name + " was " + old->type + " and is " + column.type);
    }
  }
  for (const ColumnFingerprint& column : before.columns) {
    if (find_by(now.columns, &ColumnFingerprint::name, column.name) == nullptr) {
      out.push_back(table + column.name + " (" + column.type + ") is gone");
    }
  }
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

}  // namespace

Fingerprint fingerprint_of(const ProjectorType& projector) {
  Fingerprint made;
  for (const ProjectorHandler& handler : projector.handlers) made.events.emplace_back(handler.event.name);
  std::sort(made.events.begin(), made.events.end());
  for (const RecordType* record : projector.manages) {
    TableFingerprint& table = made.tables.emplace_back();
    table.name = record->table;
    for (const attributes::Member& member : record->columns()) {
      table.columns.push_back({std::string{member.name}, type_text(*member.type)});
    }
    sort_by(table.columns, &ColumnFingerprint::name);
  }
  sort_by(made.tables, &TableFingerprint::name);
  return made;
}

std::vector<std::string> record_changes(const Fingerprint& before, const Fingerprint& now) {
  std::vector<std::string> out;
  for (const TableFingerprint& table : now.tables) {
    const TableFingerprint* old = find_by(before.tables, &TableFingerprint::name, table.name);
    if (old == nullptr) {
      out.push_back("table " + table.name + " is new");
    } else {
      compare_columns(*old, table, out);
    }
  }
  for (const TableFingerprint& table : before.tables) {
    if (find_by(now.tables, &TableFingerprint::name, table.name) == nullptr) {
      out.push_back("table " + table.name + " is gone");
    }
  }
  return out;
}

std::vector<std::string> event_changes(const Fingerprint& before, const Fingerprint& now) {
  std::vector<std::string> out;
  const auto has = [](const Fingerprint& f, const std::string& event) {
    return std::find(f.events.begin(), f.events.end(), event) != f.events.end();
  };
  for (const std::string& event : now.events) {
    if (!has(before, event)) out.push_back("event " + event + " is new");
  }
  for (const std::string& event : before.events) {
    if (!has(now, event)) out.push_back("event " + event + " is gone");
  }
  return out;
}

BuiltViews::BuiltViews(postgres::Connection& connection, const postgres::SchemaNames& names, std::string view_schema)
    : connection_{connection},
      fingerprints_{postgres::quoted_name(names.store, "view_fingerprints")},
      rates_{postgres::quoted_name(names.store, "rebuild_rates")},
      view_schema_{connection.quoted(view_schema)} {}

std::map<std::string, BuiltProjector> BuiltViews::projectors() {
  std::map<std::string, BuiltProjector> built;
  for (const auto& row : connection_.execute("select projector, version, fingerprint from " + fingerprints_ +
                                             " where view_schema = " + view_schema_)) {
    built[row[0].c_str()] = {row[1].as<int>(), from_json<Fingerprint>(row[2].c_str())};
  }
  return built;
}

void BuiltViews::note_switch(const Domain& domain, int from, int version) {
  for (const ProjectorType& projector : domain.projectors()) {
    const int built = views::installed_version(domain, projector, version);
    if (built > from) note(projector, built);
  }
}

void BuiltViews::note(const ProjectorType& projector, int version) {
  connection_.execute("insert into " + fingerprints_ + " (view_schema, projector, version, fingerprint) values (" +
                      view_schema_ + ", " + connection_.quoted(std::string{projector.name}) + ", " +
                      std::to_string(version) + ", " + connection_.quoted(to_json(fingerprint_of(projector))) +
                      ") on conflict (view_schema, projector) do update set version = excluded.version,"
                      " fingerprint = excluded.fingerprint, built_at = now()");
}

std::optional<RebuildRate> BuiltViews::rate() {
  const auto rows =
      connection_.execute("select events, seconds from " + rates_ + " where view_schema = " + view_schema_);
  if (rows.empty()) return std::nullopt;
  return RebuildRate{rows[0][0].as<std::int64_t>(), rows[0][1].as<double>()};
}

void BuiltViews::note_rate(const RebuildRate& rate) {
  if (rate.events == 0) return;
  connection_.execute("insert into " + rates_ + " (view_schema, events, seconds) values (" + view_schema_ + ", " +
                      std::to_string(rate.events) + ", " + std::to_string(rate.seconds) +
                      ") on conflict (view_schema) do update set events = excluded.events,"
                      " seconds = excluded.seconds, measured_at = now()");
}

bool is_current(const Domain& domain, const ProjectorType& projector, int version) {
  const int latest = domain.versions().latest();
  const int installed = views::installed_version(domain, projector, version);
  return version <= latest && installed != 0 && installed == views::installed_version(domain, projector, latest);
}

std::vector<std::string> unplanned_changes(const Domain& domain, int version,
                                           const std::map<std::string, BuiltProjector>& built) {
  std::vector<std::string> out;
  for (const ProjectorType& projector : domain.projectors()) {
    const auto before = built.find(std::string{projector.name});
    if (before == built.end() || !is_current(domain, projector, version)) continue;
    if (before->second.version != views::installed_version(domain, projector, version)) continue;
    const auto changes = record_changes(before->second.fingerprint, fingerprint_of(projector));
    if (changes.empty()) continue;
    out.push_back("the records of " + std::string{projector.name} + " have changed since its tables were built (" +
                  joined(changes) + "), and its version has not: add version " +
                  std::to_string(domain.versions().latest() + 1) + " to the views of " + domain.name() +
                  ", which replays it or alters the table");
  }
  return out;
}

}  // namespace seriatim::migrations
