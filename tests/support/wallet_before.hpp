#pragma once
// The wallet's plugin as it was before its newest version: that of version 2, whose rows have no currency yet, and that of
// version 1. For tests of what goes from one version to the next, and of programs of different versions on one database.

#include "../../projectors/wallet/transaction_projector.hpp"
#include "seriatim/domain.hpp"
#include "wallet/wallet.hpp"
#include "wallet/wallet_command_handler.hpp"

std::span<const seriatim::SqlFile> wallet_view_sql();

namespace wallet_before {

/// One row a wallet.
struct WalletRecord {
  static constexpr std::string_view table = "wallet_records";
  seriatim::Uuid aggregate_id{};
  std::string user_id;
  seriatim::Decimal balance;
};
BOOST_DESCRIBE_STRUCT(WalletRecord, (), (aggregate_id, user_id, balance))

struct WalletProjector {
  static constexpr std::string_view type_name = "WalletProjector";
  using Manages = seriatim::records<WalletRecord>;
  using Events = seriatim::types<wallet::WalletCreated, wallet::MoneyAdded, wallet::MoneyDrew>;

  void on(const seriatim::Event<wallet::WalletCreated>& e, seriatim::Views& views) const {
    views.create(WalletRecord{e.aggregate_id, e->user_id, 0});
  }
  void on(const seriatim::Event<wallet::MoneyAdded>& e, seriatim::Views& views) const {
    views.update_one<WalletRecord>(seriatim::by_aggregate(e), {seriatim::increase(&WalletRecord::balance, e->amount)});
  }
  void on(const seriatim::Event<wallet::MoneyDrew>& e, seriatim::Views& views) const {
    views.update_one<WalletRecord>(seriatim::by_aggregate(e), {seriatim::decrease(&WalletRecord::balance, e->amount)});
  }
};

/// The plugin whose newest version is `version`: 1, wallets alone, or 2, movements too.
inline seriatim::Domain at(int version) {
  seriatim::Domain domain{"wallet"};
  seriatim::ViewVersions plan;
  plan.version(1, {seriatim::replay<WalletProjector>()});
  domain.aggregate<wallet::Wallet>().handler<wallet::WalletCommandHandler>().projector<WalletProjector>();
  if (version >= 2) {
    plan.version(2, {seriatim::replay<wallet::TransactionProjector>()});
    domain.projector<wallet::TransactionProjector>();
  }
  domain.views(std::move(plan), wallet_view_sql());
  return domain;
}

}  // namespace wallet_before
