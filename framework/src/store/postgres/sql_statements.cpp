#include "store/postgres/sql_statements.hpp"

#include <algorithm>
#include <charconv>

#include "seriatim/errors.hpp"

std::span<const seriatim::SqlFile> seriatim_statement_files();
std::span<const seriatim::SqlFile> seriatim_store_migration_files();

namespace seriatim::postgres {
namespace {

void replace_all(std::string& text, std::string_view placeholder, std::string_view replacement) {
  for (std::size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + replacement.size())) {
    text.replace(at, placeholder.size(), replacement);
  }
}

std::string fill(std::string_view file, const SchemaNames& names) {
  std::string text{file};
  replace_all(text, "{store}", quoted_name(names.store));
  replace_all(text, "{application_role}", quoted_name(names.application_role));
  replace_all(text, "{reader_role}", quoted_name(names.reader_role));
  return text;
}

int leading_number(std::string_view name) {
  int number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

}  // namespace

std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  out.reserve(name.size() + 2);
  if (name.find('"') == std::string_view::npos) return out.append(name) += '"';
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

std::string quoted_name(std::string_view schema, std::string_view table) {
  return quoted_name(schema) + "." + quoted_name(table);
}

std::string version_marker(int version, int edition) {
  return "seriatim_version_" + std::to_string(version) + (edition == 0 ? "" : "_" + std::to_string(edition));
}

int edition_of(std::string_view marker) {
  const std::string_view numbers = marker.substr(std::string_view{"seriatim_version_"}.size());
  const std::size_t end = numbers.find('_');
  return end == std::string_view::npos ? 0 : leading_number(numbers.substr(end + 1));
}

std::string statement(std::string_view name, const SchemaNames& names,
                      std::span<const std::pair<std::string_view, std::string>> more) {
  const std::string file_name = std::string{name} + ".sql";
  const auto files = seriatim_statement_files();
  const auto file = std::find_if(files.begin(), files.end(), [&](const SqlFile& f) { return f.name == file_name; });
  if (file == files.end()) throw_error<ErrorCode::usage>("there is no embedded statement " + file_name);
  std::string text = fill(file->text, names);
  for (const auto& [placeholder, replacement] : more) replace_all(text, placeholder, replacement);
  return text;
}

std::vector<StoreMigration> store_migrations(const SchemaNames& names) {
  std::vector<StoreMigration> migrations;
  for (const SqlFile& file : seriatim_store_migration_files()) {
    migrations.push_back({leading_number(file.name), std::string{file.name}, fill(file.text, names)});
  }
  std::sort(migrations.begin(), migrations.end(),
            [](const StoreMigration& a, const StoreMigration& b) { return a.version < b.version; });
  return migrations;
}

}  // namespace seriatim::postgres
