#include "contract_store.hpp"

#include <pqxx/pqxx>

#include "scenario_database.hpp"
#include "store/memory/memory_store.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::testing {
namespace {

class InMemory final : public ContractStore {
 public:
  explicit InMemory(const core::Registry& registry) : registry_{registry}, store_{registry} {}
  [[nodiscard]] store::EventStore& store() override { return store_; }
  [[nodiscard]] std::vector<StoredRow> rows() override {
    std::vector<StoredRow> rows;
    for (const auto& [id, number, event] : store_.events()) {
      const memory::MemoryCommand command = store_.command_of(*event);
      rows.push_back({id, number, std::string{registry_.events()[event->type].type.name}, event->json, event->created_at,
                      store_.partition_key(id), std::string{registry_.commands()[command.type].type.name},
                      command.command.user_id, command.command.event_aggregate_id, command.command.event_sequence_number});
    }
    return rows;
  }

 private:
  const core::Registry& registry_;
  memory::MemoryStore store_;
};

std::optional<Uuid> uuid_or_null(const pqxx::field& field) {
  return field.is_null() ? std::nullopt : parse_uuid(field.c_str());
}

class OnPostgres final : public ContractStore {
 public:
  OnPostgres(const core::Registry& registry, const std::vector<Domain>& domains)
      : database_{domains}, store_{database_.url(), {}, registry} {}
  [[nodiscard]] store::EventStore& store() override { return store_; }
  [[nodiscard]] std::vector<StoredRow> rows() override {
    pqxx::connection connection{database_.url()};
    pqxx::nontransaction work{connection};
    std::vector<StoredRow> rows;
    for (const auto& row : work.exec(R"(
           select e.aggregate_id, e.sequence_number, e.event_type, s.event_json, e.created_at at time zone 'UTC',
                  e.partition_key, c.command_type, c.user_id, c.event_aggregate_id, c.event_sequence_number
             from sequent_schema.event_records e join sequent_schema.command_records c on c.id = e.command_record_id
             join sequent_schema.events s on (s.partition_key, s.aggregate_id, s.sequence_number)
                                           = (e.partition_key, e.aggregate_id, e.sequence_number)
            order by e.xact_id, c.id, e.aggregate_id, e.sequence_number)")) {
      rows.push_back({*parse_uuid(row[0].c_str()), row[1].as<std::int32_t>(), row[2].c_str(), row[3].c_str(),
                      *parse_timestamp(row[4].c_str()), row[5].c_str(), row[6].c_str(), uuid_or_null(row[7]),
                      uuid_or_null(row[8]),
                      row[9].is_null() ? std::nullopt : std::optional{row[9].as<std::int32_t>()}});
    }
    return rows;
  }

 private:
  ScenarioDatabase database_;
  postgres::PostgresStore store_;
};

}  // namespace

std::unique_ptr<ContractStore> make_contract_store(const core::Registry& registry, const std::vector<Domain>& domains) {
  if (store_kind_from_environment() == StoreKind::memory) return std::make_unique<InMemory>(registry);
  return std::make_unique<OnPostgres>(registry, domains);
}

}  // namespace seriatim::testing
