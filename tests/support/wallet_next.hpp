#pragma once
// The wallet's plugin after the newest version that the repository has, or without a projector, for programs of different
// versions on one database. Those before it are in wallet_before.hpp.

#include "../../projectors/wallet/transaction_projector.hpp"
#include "../../projectors/wallet/wallet_projector.hpp"
#include "seriatim/domain.hpp"
#include "wallet/wallet.hpp"
#include "wallet/wallet_command_handler.hpp"

std::span<const seriatim::SqlFile> wallet_view_sql();

namespace wallet_next {

using seriatim::alter_table;
using seriatim::by_aggregate;
using seriatim::decrease;
using seriatim::Domain;
using seriatim::Event;
using seriatim::increase;
using seriatim::replay;
using seriatim::SqlFile;
using seriatim::Views;
using seriatim::ViewVersions;

/// One row a wallet, in which movements are counted, too.
struct WalletRecord {
  static constexpr std::string_view table = "wallet_records";
  seriatim::Uuid aggregate_id{};
  std::string user_id;
  seriatim::Decimal balance;
  std::string currency = "EUR";
  std::int32_t movements = 0;
};
BOOST_DESCRIBE_STRUCT(WalletRecord, (), (aggregate_id, user_id, balance, currency, movements))

struct WalletProjector {
  static constexpr std::string_view type_name = "WalletProjector";
  using Manages = seriatim::records<WalletRecord>;
  using Events = seriatim::types<wallet::WalletCreated, wallet::MoneyAdded, wallet::MoneyDrew>;

  void on(const Event<wallet::WalletCreated>& e, Views& views) const {
    views.create(WalletRecord{e.aggregate_id, e->user_id, 0});
  }
  void on(const Event<wallet::MoneyAdded>& e, Views& views) const {
    views.update_one<WalletRecord>(by_aggregate(e), {increase(&WalletRecord::balance, e->amount),
                                                     increase(&WalletRecord::movements, 1)});
  }
  void on(const Event<wallet::MoneyDrew>& e, Views& views) const {
    views.update_one<WalletRecord>(by_aggregate(e), {decrease(&WalletRecord::balance, e->amount),
                                                     increase(&WalletRecord::movements, 1)});
  }
};

inline std::span<const SqlFile> view_sql() {
  static const std::vector<SqlFile> files = [] {
    std::vector<SqlFile> made;
    for (const SqlFile& file : wallet_view_sql()) {
      if (file.name != "wallet_records.sql") made.push_back(file);
    }
    made.push_back({"wallet_records.sql",
                    "create table wallet_records%SUFFIX% (id serial, aggregate_id uuid not null, user_id varchar not null,"
                    " balance numeric(10, 2) not null default 0, currency varchar not null, movements integer not null)"});
    made.push_back({"wallet_records_4.sql", "alter table wallet_records add column movements integer not null default 0"});
    return made;
  }();
  return files;
}

inline Domain bare(const std::string& name = "wallet") {
  Domain domain{name};
  domain.aggregate<wallet::Wallet>().handler<wallet::WalletCommandHandler>();
  return domain;
}

inline ViewVersions versions(int latest) {
  ViewVersions plan;
  plan.version(1, {replay<WalletProjector>()});
  if (latest >= 2) plan.version(2, {replay<wallet::TransactionProjector>()});
  if (latest >= 3) plan.version(3, {alter_table<WalletRecord>()});
  if (latest >= 4) plan.version(4, {replay<WalletProjector>()});
  return plan;
}

/// With version 4: wallets are built anew.
inline Domain fourth() {
  Domain domain = bare();
  domain.projector<WalletProjector>().projector<wallet::TransactionProjector>().views(versions(4), view_sql());
  return domain;
}

/// With version 4, in which the table of wallets is altered in place.
inline Domain altered() {
  Domain domain = bare();
  domain.projector<WalletProjector>().projector<wallet::TransactionProjector>().views(
      versions(3).version(4, {alter_table<WalletRecord>()}), view_sql());
  return domain;
}

/// With version `latest`, and without the projector of movements.
inline Domain shrunk(int latest = 3) {
  ViewVersions plan;
  plan.version(1, {replay<wallet::WalletProjector>()}).version(3, {alter_table<wallet::WalletRecord>()});
  if (latest > 3) plan.version(latest, {});
  Domain domain = bare();
  domain.projector<wallet::WalletProjector>().views(std::move(plan), wallet_view_sql());
  return domain;
}

}  // namespace wallet_next
