#include "backend.hpp"

#include <cstdlib>

#include "scenario_database.hpp"
#include "store/memory/memory_store.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::testing {
namespace {

class MemoryBackend final : public Backend {
 public:
  explicit MemoryBackend(const core::Registry& registry) : store_{registry} {}
  [[nodiscard]] store::EventStore& store() noexcept override { return store_; }

 private:
  memory::MemoryStore store_;
};

class PostgresBackend final : public Backend {
 public:
  PostgresBackend(const core::Registry& registry, const std::vector<Domain>& domains)
      : database_{domains}, store_{database_.url(), {}, registry} {}
  [[nodiscard]] store::EventStore& store() noexcept override { return store_; }

 private:
  ScenarioDatabase database_;
  postgres::PostgresStore store_;
};

}  // namespace

StoreKind store_kind_from_environment() {
  const char* given = std::getenv("SERIATIM_TEST_STORE");
  const std::string_view kind = given == nullptr ? "" : given;
  if (kind.empty() || kind == "memory") return StoreKind::memory;
  if (kind == "postgres") return StoreKind::postgres;
  throw_error<ErrorCode::configuration>("SERIATIM_TEST_STORE is \"" + std::string{kind} +
                                        "\": set it to memory or postgres");
}

std::unique_ptr<Backend> make_backend(StoreKind kind, const core::Registry& registry,
                                      const std::vector<Domain>& domains) {
  if (kind == StoreKind::memory) return std::make_unique<MemoryBackend>(registry);
  return std::make_unique<PostgresBackend>(registry, domains);
}

}  // namespace seriatim::testing
