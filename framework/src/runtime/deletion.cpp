#include "seriatim/deletion.hpp"

#include "runtime/schema_names.hpp"
#include "store/postgres/deletion.hpp"

namespace seriatim {

DeletedStreams Deletion::delete_streams(std::span<const AggregateId> ids) {
  postgres::Connection connection{options_.database_url};
  return postgres::delete_streams(connection, schema_names(options_), ids);
}

std::int64_t Deletion::delete_commands(std::span<const AggregateId> of) {
  postgres::Connection connection{options_.database_url};
  return postgres::delete_commands(connection, schema_names(options_), of);
}

std::int64_t Deletion::delete_commands() {
  postgres::Connection connection{options_.database_url};
  return postgres::delete_commands(connection, schema_names(options_), std::nullopt);
}

}  // namespace seriatim
