#pragma once
// Keeps one row a movement of money, with the running balance. New in version 2 of the views.

#include "../../domain/wallet/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace wallet {

struct TransactionProjector {
  static constexpr std::string_view type_name = "TransactionProjector";
  using Manages = seriatim::records<TransactionRecord>;
  using Events = seriatim::types<MoneyAdded, MoneyDrew>;

  void on(const seriatim::Event<MoneyAdded>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MoneyDrew>& e, seriatim::Views& views) const;
};

}  // namespace wallet
