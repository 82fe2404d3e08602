#include "wallet_projector.hpp"

namespace wallet {

using seriatim::by_aggregate;
using seriatim::decrease;
using seriatim::Event;
using seriatim::increase;
using seriatim::Views;

void WalletProjector::on(const Event<WalletCreated>& e, Views& views) const {
  views.create(WalletRecord{e.aggregate_id, e->user_id, 0});
}

void WalletProjector::on(const Event<MoneyAdded>& e, Views& views) const {
  views.update_one<WalletRecord>(by_aggregate(e), {increase(&WalletRecord::balance, e->amount)});
}

void WalletProjector::on(const Event<MoneyDrew>& e, Views& views) const {
  views.update_one<WalletRecord>(by_aggregate(e), {decrease(&WalletRecord::balance, e->amount)});
}

}  // namespace wallet
