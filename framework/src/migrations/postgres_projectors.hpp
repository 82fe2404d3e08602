#pragma once
// The states of projectors on PostgreSQL.

#include <string>

#include "migrations/projector_table.hpp"
#include "seriatim/projectors.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// See Projectors. The store must outlive it. Connections are opened when they are needed.
class PostgresProjectors final : public Projectors {
 public:
  PostgresProjectors(std::string url, const postgres::PostgresStore& store) : url_{std::move(url)}, store_{store} {}

  [[nodiscard]] std::vector<ProjectorState> states() override;
  bool deactivate(std::string_view name, std::string_view domain) override;

 private:
  std::string url_;
  const postgres::PostgresStore& store_;
};

}  // namespace seriatim::migrations
