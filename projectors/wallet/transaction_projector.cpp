#include "transaction_projector.hpp"

namespace wallet {
namespace {

using seriatim::by_aggregate;
using seriatim::Decimal;
using seriatim::Event;
using seriatim::EventHeader;
using seriatim::Views;

Decimal balance_before(const EventHeader& event, Views& views) {
  const auto last = views.last<TransactionRecord>(by_aggregate(event), &TransactionRecord::sequence_number);
  return last ? last->balance : Decimal{};
}

}  // namespace

void TransactionProjector::on(const Event<MoneyAdded>& e, Views& views) const {
  views.create(TransactionRecord{e.aggregate_id, e.sequence_number, "IN", e->amount,
                                 balance_before(e, views) + e->amount, e->source, e.created_at});
}

void TransactionProjector::on(const Event<MoneyDrew>& e, Views& views) const {
  views.create(TransactionRecord{e.aggregate_id, e.sequence_number, "OUT", e->amount,
                                 balance_before(e, views) - e->amount, e->destination, e.created_at});
}

}  // namespace wallet
