#pragma once
// The part of the options that the SQL statements need.

#include "seriatim/options.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim {

[[nodiscard]] inline postgres::SchemaNames schema_names(const Options& options) {
  return {options.store_schema, options.application_role, options.reader_role};
}

}  // namespace seriatim
