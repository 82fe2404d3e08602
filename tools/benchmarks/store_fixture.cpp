#include "store_fixture.hpp"

#include <unistd.h>

#include <fstream>
#include <pqxx/pqxx>
#include <vector>

#include "../../projectors/wallet/wallet_projector.hpp"
#include "seriatim/database.hpp"
#include "wallet/wallet.hpp"
#include "wallet/wallet_command_handler.hpp"

std::span<const seriatim::SqlFile> wallet_view_sql();

namespace bench {
namespace {

/// One statement a table; $1 wallets, $2 events each. Types were registered by the application before.
constexpr const char* fill_aggregates = R"(
  insert into sequent_schema.aggregates (aggregate_id, aggregate_type_id)
  select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
         (select id from sequent_schema.aggregate_types where type = 'Wallet::Wallet')
    from generate_series(1, $1::bigint) n)";

constexpr const char* fill_events = R"(
  insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id, event_json)
  select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, s, now(), 0, t.id,
         case when s = 1 then jsonb_build_object('user_id', n::text)
              else jsonb_build_object('amount', (n % 100 + 1)::text || '.25', 'source', 'benchmark') end
    from generate_series(1, $2::bigint) s, generate_series(1, $1::bigint) n,
         lateral (select id from sequent_schema.event_types
                   where type = case when s = 1 then 'Wallet::Events::WalletCreated'
                                     else 'Wallet::Events::MoneyAdded' end) t)";

/// Segments of the log that are there before anything is measured.
constexpr int log_segments = 60;

/// A server that has run for a while writes its log into files that it had before. A fresh one makes each of them anew, while
/// commits wait for it.
void prepare_log(pqxx::nontransaction& work) {
  for (int i = 0; i < log_segments; ++i) {
    work.exec("select pg_logical_emit_message(true, 'seriatim', 'bench')");
    work.exec("select pg_switch_wal()");
  }
  work.exec("checkpoint");
}

/// An address of the loopback that is this process's own, so that the usual port is free.
std::string loopback_address() {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127.77." + std::to_string(pid / 250 % 250 + 1) + "." + std::to_string(pid % 250 + 1);
}

/// The texts of the files that create the table and then alter it, in that order, as one.
std::string text_of_table() {
  std::string text;
  for (const std::string_view name : {"wallet_records.sql", "wallet_records_3.sql"}) {
    for (const seriatim::SqlFile& file : wallet_view_sql()) {
      if (file.name == name) text.append(file.text);
    }
  }
  return text;
}

}  // namespace

std::span<const seriatim::SqlFile> view_sql() {
  static const std::string table = text_of_table();
  static const std::vector<seriatim::SqlFile> files = [] {
    std::vector<seriatim::SqlFile> all{wallet_view_sql().begin(), wallet_view_sql().end()};
    for (seriatim::SqlFile& file : all) {
      if (file.name == "wallet_records.sql") file.text = table;
    }
    return all;
  }();
  return files;
}

seriatim::Domain wallets_alone() {
  seriatim::Domain domain{"wallet"};
  domain.aggregate<wallet::Wallet>()
      .handler<wallet::WalletCommandHandler>()
      .projector<wallet::WalletProjector>()
      .views(seriatim::ViewVersions{}.version(1, {seriatim::replay<wallet::WalletProjector>()}), view_sql());
  return domain;
}

StoreFixture::StoreFixture(std::int64_t wallets, std::int64_t events_each, bool by_socket, bool with_views)
    : wallets_{wallets},
      events_each_{events_each},
      directory_{std::filesystem::temp_directory_path() / ("seriatim-bench-" + std::to_string(::getpid()))} {
  std::filesystem::create_directories(directory_);
  std::ofstream{directory_ / "hba.conf"} << "local all all trust\nhost all all 127.0.0.0/8 trust\n";
  server_ = std::make_unique<seriatim::LocalPostgres>(
      seriatim::LocalPostgres::Settings{.directory = directory_ / "postgres",
                                        .configuration = {{"shared_buffers", "1GB"},
                                                          {"min_wal_size", "1GB"},
                                                          {"max_wal_size", "4GB"},
                                                          {"autovacuum", "off"},
                                                          {"listen_addresses", loopback_address()},
                                                          {"hba_file", (directory_ / "hba.conf").string()}}});
  url_ = server_->start();
  if (!by_socket) url_ = "postgresql://seriatim@" + loopback_address() + ":5432/seriatim";
  seriatim::Options options;
  options.database_url = url_;
  seriatim::Database{options}.create({wallets_alone()});
  fill(with_views);
}

StoreFixture::~StoreFixture() {
  try {
    server_->remove();
    std::filesystem::remove_all(directory_);
  } catch (const std::exception&) {
    // The folder stays in the temporary directory; measuring is over anyway.
    return;
  }
}

int StoreFixture::server_pid() const { return server_->status().pid; }

std::unique_ptr<seriatim::Application> StoreFixture::application(seriatim::Options options) const {
  options.database_url = url_;
  return std::make_unique<seriatim::Application>(options, std::vector<seriatim::Domain>{wallets_alone()});
}

seriatim::AggregateId StoreFixture::wallet_id(std::int64_t n) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "00000000-0000-4000-8000-000000000000";
  for (std::size_t at = text.size(); n != 0; n /= 16) text[--at] = digits[n % 16];
  return seriatim::parse_uuid(text).value();
}

void StoreFixture::fill(bool with_views) const {
  const auto app = application();
  {
    pqxx::connection connection{url_};
    pqxx::nontransaction work{connection};
    work.exec_params(fill_aggregates, wallets_);
    work.exec_params(fill_events, wallets_, events_each_);
    work.exec("vacuum analyze sequent_schema.events_default");
    work.exec("vacuum analyze sequent_schema.aggregates_default");
    prepare_log(work);
  }
  if (!with_views) return;
  const auto migrator = app->migrator("wallet");
  migrator->online({}, {}, {});
  migrator->offline({}, {}, {});
}

}  // namespace bench
