#include <chrono>
#include <pqxx/pqxx>

#include "measure.hpp"
#include "wallet/wallet.hpp"

namespace bench {
namespace {

using seriatim::AggregateId;
using seriatim::Repository;

/// The wallet with snapshots; under the same name, so that it reads the same streams.
class SnapshotWallet : public seriatim::AggregateRoot<SnapshotWallet> {
 public:
  static constexpr std::string_view type_name = wallet::Wallet::type_name;
  static constexpr seriatim::SnapshotPolicy snapshots{.threshold = 100, .version = 1};
  using Events = wallet::Wallet::Events;
  using State = wallet::Wallet::State;
  using AggregateRoot::AggregateRoot;
  template <class E>
  static void on(State& s, const E& e) {
    wallet::Wallet::on(s, e);
  }
};

struct Look : seriatim::Command {
  static constexpr std::string_view type_name = "Bench::Look";
};
BOOST_DESCRIBE_STRUCT(Look, (seriatim::Command), ())

/// Loads and does nothing.
template <class W>
struct LookHandler {
  using Commands = seriatim::types<Look>;
  void handle(const Look& look, Repository& repository) const { repository.ensure_exists<W>(look.aggregate_id); }
};

template <class W>
seriatim::Application application(const StoreFixture& store) {
  seriatim::Options options;
  options.database_url = store.url();
  seriatim::Domain domain{"bench"};
  domain.aggregate<W>().template handler<LookHandler<W>>();
  return {options, {domain}};
}

/// Calls `load(id)` of one wallet after the other for so long; microseconds a call.
template <class Load>
double microseconds(const StoreFixture& store, int seconds, Load&& load) {
  load(StoreFixture::wallet_id(1));  // Connections and plans are made before the clock starts.
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double, std::micro> elapsed{};
  std::int64_t loads = 0;
  while (elapsed < std::chrono::seconds{seconds}) {
    load(StoreFixture::wallet_id(loads++ % store.wallets() + 1));
    elapsed = std::chrono::steady_clock::now() - start;
  }
  return elapsed.count() / static_cast<double>(loads);
}

template <class W>
double load_wallets(const StoreFixture& store, int seconds) {
  seriatim::Application app = application<W>(store);
  return microseconds(store, seconds, [&](const AggregateId& id) {
    Look look;
    look.aggregate_id = id;
    app.commands().execute(look);
  });
}

/// The same rows by a prepared query, read and forgotten.
double load_rows(const StoreFixture& store, int seconds) {
  pqxx::connection connection{store.url()};
  connection.prepare("rows", "select sequence_number, event_type_id, event_json from sequent_schema.events "
                             "where partition_key = '' and aggregate_id = $1::uuid order by sequence_number");
  std::size_t bytes = 0;
  const double result = microseconds(store, seconds, [&](const AggregateId& id) {
    pqxx::work work{connection};
    for (const auto& row : work.exec_prepared("rows", seriatim::uuid_text(id))) bytes += row[2].size();
  });
  if (bytes == 0) throw std::runtime_error{"the peer read no events"};
  return result;
}

void take_snapshots(const StoreFixture& store) {
  pqxx::connection connection{store.url()};
  pqxx::nontransaction work{connection};
  work.exec("insert into sequent_schema.aggregates_that_need_snapshots (aggregate_id, snapshot_version, "
            "snapshot_outdated_at) select aggregate_id, 1, now() from sequent_schema.aggregates");
  seriatim::Application app = application<SnapshotWallet>(store);
  if (app.snapshots().take(0).taken != store.wallets()) throw std::runtime_error{"not all snapshots were taken"};
  work.exec("vacuum analyze sequent_schema.snapshot_records");
}

}  // namespace

void measure_load(const StoreFixture& store, int rounds, int seconds) {
  take_snapshots(store);
  std::vector<double> replayed;
  std::vector<double> rows;
  std::vector<double> from_snapshot;
  for (int round = 0; round < rounds; ++round) {
    rows.push_back(load_rows(store, seconds));
    replayed.push_back(load_wallets<wallet::Wallet>(store, seconds));
    from_snapshot.push_back(load_wallets<SnapshotWallet>(store, seconds));
  }
  const std::int64_t events = store.events() / store.wallets();
  const auto rate = [](double amount, double us) { return amount * 1e6 / us; };
  const std::string what = "load of " + std::to_string(events) + " events";
  const auto amount = static_cast<double>(events);
  print(what + ", events/s (peer: rows by libpqxx)", rate(amount, median(replayed)), rate(amount, median(rows)));
  print(what + ", loads/s (peer: rows by libpqxx)", rate(1, median(replayed)), rate(1, median(rows)));
  print(what + ", snapshot, loads/s (peer: without)", rate(1, median(from_snapshot)), rate(1, median(replayed)));
  std::printf("  %.0f us a load, %.0f us with a snapshot\n", median(replayed), median(from_snapshot));
}

}  // namespace bench
