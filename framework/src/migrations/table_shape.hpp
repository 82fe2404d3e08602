#pragma once
// What tables of views are like in the database, beside the records that are to be written into them.

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "seriatim/views.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {

struct ColumnShape {
  std::string name;
  std::string type;  ///< As declared: "numeric(10,2)".
  std::string base;  ///< Its name in pg_type, below all domains: "numeric".
  bool required;     ///< Not null, and nothing fills it but the insert.
  bool computed;     ///< Generated: an insert must not give a value.
};

/// Schema and name.
using TableName = std::pair<std::string, std::string>;

/// By table; tables that are not there are not in it. One query of the catalog.
using TableShapes = std::map<TableName, std::vector<ColumnShape>>;
[[nodiscard]] TableShapes table_shapes(postgres::Connection& connection, const postgres::SchemaNames& names,
                                       std::span<const TableName> tables);

/// Why records of the type cannot be written to the table or read from it, each in a sentence; empty when they can.
[[nodiscard]] std::vector<std::string> misfits(const RecordType& record, const TableName& table,
                                               const TableShapes& shapes);

/// The texts as an SQL array.
[[nodiscard]] std::string text_array(const postgres::Connection& connection, const std::vector<std::string>& texts);

}  // namespace seriatim::migrations
