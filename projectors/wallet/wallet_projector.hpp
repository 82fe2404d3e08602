#pragma once
// Keeps one row a wallet: its owner and balance.

#include "../../domain/wallet/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace wallet {

struct WalletProjector {
  static constexpr std::string_view type_name = "WalletProjector";
  using Manages = seriatim::records<WalletRecord>;
  using Events = seriatim::types<WalletCreated, MoneyAdded, MoneyDrew>;

  void on(const seriatim::Event<WalletCreated>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MoneyAdded>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MoneyDrew>& e, seriatim::Views& views) const;
};

}  // namespace wallet
