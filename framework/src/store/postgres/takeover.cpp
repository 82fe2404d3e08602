#include "store/postgres/takeover.hpp"

#include <algorithm>
#include <regex>

#include "store/postgres/store_schema.hpp"

namespace seriatim::postgres {
namespace {

constexpr const char* reference_schema = "seriatim_reference";

/// Something of that name is there: table (view, index), object, function, column, schema.
bool says_exists(const std::string& state) {
  return state == "42P07" || state == "42710" || state == "42723" || state == "42701" || state == "42P06";
}

/// The text without comment lines, for looking at what a statement is.
std::string without_comments(const std::string& statement) {
  static const std::regex comment{"--[^\n]*"};
  return std::regex_replace(statement, comment, "");
}

/// "a,b desc" of "... (a, b desc) ...": the columns of an index as one text.
std::string columns_of(const std::string& definition) {
  static const std::regex columns{R"( on (?:only )?\S+\s*(?:using \w+ )?\(([^()]*)\))", std::regex::icase};
  std::smatch match;
  if (!std::regex_search(definition, match, columns)) return {};
  std::string text = match[1];
  std::erase(text, ' ');
  return text;
}

class Takeover {
 public:
  Takeover(Connection& connection, const SchemaNames& names) : connection_{connection}, names_{names} {}

  std::vector<std::string> run() {
    connection_.execute("begin");
    prepare_migrations(connection_, names_);
    has_triggers_ = !connection_
                         .execute("select from pg_trigger where not tgisinternal and tgrelid = " +
                                  connection_.quoted(quoted_name(names_.store, "events")) + "::regclass")
                         .empty();
    mend_tables();
    std::vector<std::string> done;
    for (const StoreMigration& migration : store_migrations(names_)) {
      for (const std::string& sql : split_statements(migration.sql)) run_unless_there(sql);
      connection_.execute("insert into " + quoted_name(names_.store, "seriatim_migrations") +
                          " (version, name) values (" + std::to_string(migration.version) + ", " +
                          connection_.quoted(migration.name) + ")");
      done.push_back(migration.name);
    }
    connection_.execute("commit", Phase::commit);
    return done;
  }

 private:
  /// Installs a store of ours beside theirs, compares the two, and removes it again.
  void mend_tables() {
    SchemaNames reference = names_;
    reference.store = reference_schema;
    connection_.execute("savepoint reference; create schema " + quoted_name(reference_schema));
    for (const StoreMigration& migration : store_migrations(reference)) connection_.execute(migration.sql);
    const std::pair<std::string_view, std::string> fill[] = {{"{reference_text}", connection_.quoted(reference_schema)},
                                                             {"{store_text}", connection_.quoted(names_.store)}};
    const auto differences = connection_.execute(statement("store_differences", names_, fill));
    connection_.execute("rollback to savepoint reference");
    std::string problems;
    for (const auto& row : differences) {
      const std::string problem = mend(row);
      if (!problem.empty()) problems.append(problems.empty() ? "" : "; ").append(problem);
    }
    if (problems.empty()) return;
    throw_error<ErrorCode::store_not_adopted>("the event store in schema \"" + names_.store +
                                              "\" is not laid out as Sequent 9 lays it out, so seriatim cannot work "
                                              "with it, and has changed nothing: " +
                                              problems);
  }

  /// Adds what a column lacks. Says what is wrong where that is not possible.
  std::string mend(const pqxx::row& row) {
    const std::string table = row[0].c_str();
    const std::string column = row[1].c_str();
    const std::string wrong = row[6].c_str();
    const bool has_default = !row[3].is_null();
    const std::string alter = "alter table " + quoted_name(names_.store, table);
    if (wrong == "default" && has_default) {
      connection_.execute(alter + " alter column " + quoted_name(column) + " set default " + row[3].c_str());
      return {};
    }
    const bool may_be_added = wrong == "missing" && (has_default || !row[4].as<bool>()) && !row[5].as<bool>();
    if (may_be_added) {
      connection_.execute(alter + " add column " + quoted_name(column) + " " + row[2].c_str() +
                          (row[4].as<bool>() ? " not null" : "") +
                          (has_default ? std::string{" default "} + row[3].c_str() : std::string{}));
      return {};
    }
    const std::string where = "column " + column + " of table " + table;
    if (wrong == "missing") return where + " is missing";
    if (wrong == "unwritten") return where + " is not null and has no default, and seriatim does not know it";
    if (wrong == "default") return where + " does not number its rows by itself";
    return where + " is of " + wrong + " instead of " + row[2].c_str();
  }

  void run_unless_there(const std::string& sql) {
    const std::string plain = without_comments(sql);
    static const std::regex trigger{R"(^\s*create trigger save_)"};
    const bool on_events = plain.find(" on " + quoted_name(names_.store) + ".events") != std::string::npos;
    if (has_triggers_ && on_events && std::regex_search(plain, trigger)) return;
    if (is_covered_index(plain)) return;
    try {
      connection_.execute("savepoint addition; " + sql + "; release savepoint addition");
    } catch (const DatabaseError& error) {
      if (!says_exists(error.sqlstate())) throw;
      connection_.execute("rollback to savepoint addition; release savepoint addition");
    }
  }

  /// Whether the statement creates an index on columns that another one, for all rows, covers already.
  bool is_covered_index(const std::string& sql) {
    static const std::regex create{R"(^\s*create (unique )?index (?:if not exists )?\S+ on (\S+))"};
    std::smatch match;
    if (!std::regex_search(sql, match, create)) return false;
    const auto there = connection_.execute(
        "select pg_get_indexdef(i.indexrelid) from pg_index i where i.indpred is null and i.indrelid = to_regclass(" +
        connection_.quoted(match[2]) + ")" + (match[1].matched ? " and i.indisunique" : ""));
    const std::string wanted = columns_of(sql);
    return std::any_of(there.begin(), there.end(),
                       [&](const auto& row) { return !wanted.empty() && columns_of(row[0].c_str()) == wanted; });
  }

  Connection& connection_;
  const SchemaNames& names_;
  bool has_triggers_ = false;
};

}  // namespace

std::vector<std::string> split_statements(std::string_view sql) {
  std::vector<std::string> statements;
  std::string current;
  const auto finish = [&] {
    if (without_comments(current).find_first_not_of(" \n\r") != std::string::npos) statements.push_back(current);
    current.clear();
  };
  /// Copies up to and including the next `end`.
  const auto copy_to = [&](std::size_t& at, std::string_view end, std::size_t opening) {
    const std::size_t found = sql.find(end, at + opening);
    const std::size_t stop = found == std::string_view::npos ? sql.size() : found + end.size();
    current.append(sql.substr(at, stop - at));
    at = stop;
  };
  for (std::size_t at = 0; at < sql.size();) {
    const std::string_view rest = sql.substr(at);
    if (rest.starts_with("--")) {
      copy_to(at, "\n", 2);
    } else if (rest.starts_with("$$")) {
      copy_to(at, "$$", 2);
    } else if (rest.front() == '\'' || rest.front() == '"') {
      copy_to(at, rest.substr(0, 1), 1);
    } else if (rest.front() == ';') {
      finish();
      ++at;
    } else {
      current += rest.front();
      ++at;
    }
  }
  finish();
  return statements;
}

std::vector<std::string> take_over(Connection& connection, const SchemaNames& names) {
  try {
    return Takeover{connection, names}.run();
  } catch (const Error&) {
    if (connection.usable()) connection.execute("rollback");
    throw;
  }
}

}  // namespace seriatim::postgres
