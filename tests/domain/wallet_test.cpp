// The wallet, as its author tests it: on both stores, by one text.
#include <boost/test/unit_test.hpp>

#include "../../projectors/wallet/records.hpp"
#include "seriatim/testing/scenario.hpp"
#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"
#include "wallet/wallet.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace wallet;

namespace {

struct WalletScenario : Scenario {
  WalletScenario() : Scenario{wallet::domain()} {}
  AggregateId id = new_id();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wallets, WalletScenario)

BOOST_AUTO_TEST_CASE(a_wallet_is_created_for_a_user) {
  when(CreateWallet{{id}, "2"}).then(at(id, WalletCreated{"2"})).then_rows<WalletRecord>({{id, "2", 0}});
}

BOOST_AUTO_TEST_CASE(money_comes_in_and_goes_out) {
  given(CreateWallet{{id}, "2"});
  when(AddMoney{{id}, "20"_decimal, "API"})
      .then(MoneyAdded{"20"_decimal, "API"})
      .then_rows<WalletRecord>({{id, "2", "20.00"_decimal}});
  when(DrawMoney{{id}, "5"_decimal, "API"})
      .then(MoneyDrew{"5"_decimal, "API"})
      .then_rows<WalletRecord>({{id, "2", "15.00"_decimal}});
}

BOOST_AUTO_TEST_CASE(each_movement_has_a_row_with_the_balance_after_it) {
  const Timestamp first = clock().now();
  given<Wallet>(id, WalletCreated{"2"}, MoneyAdded{"20"_decimal, "API"});
  clock().advance(std::chrono::hours{1});
  given<Wallet>(id, MoneyDrew{"5"_decimal, "API"});
  then_rows<TransactionRecord>({{id, 2, "IN", "20"_decimal, "20"_decimal, "API", first},
                                {id, 3, "OUT", "5"_decimal, "15"_decimal, "API", first + std::chrono::hours{1}}});
}

BOOST_AUTO_TEST_CASE(a_draw_beyond_the_balance_is_refused) {
  given<Wallet>(id, WalletCreated{"2"}, MoneyAdded{"4.99"_decimal, "API"})
      .when(DrawMoney{{id}, "5"_decimal, "API"})
      .then_fails<InsufficientFunds>([](const InsufficientFunds& error) {
        BOOST_TEST(error.name() == "insufficient_funds");
      });
  then_rows<WalletRecord>({{id, "2", "4.99"_decimal}});
}

BOOST_AUTO_TEST_CASE(all_of_the_balance_can_be_drawn) {
  given<Wallet>(id, WalletCreated{"2"}, MoneyAdded{"20"_decimal, "API"})
      .when(DrawMoney{{id}, "20"_decimal, "API"})
      .then<MoneyDrew>()
      .then_row(where(&WalletRecord::aggregate_id, id), {id, "2", 0});
}

BOOST_AUTO_TEST_CASE(a_missing_wallet_takes_and_gives_nothing) {
  when(AddMoney{{id}, "20"_decimal, "API"}).then_fails(ErrorCode::aggregate_not_found);
  when(DrawMoney{{id}, "20"_decimal, "API"}).then_fails(ErrorCode::aggregate_not_found);
}

BOOST_AUTO_TEST_CASE(a_second_wallet_of_one_id_is_refused) {
  given<Wallet>(id, WalletCreated{"2"});
  when(CreateWallet{{id}, "3"}).then_fails(ErrorCode::optimistic_locking).then_rows<WalletRecord>({{id, "2", 0}});
}

BOOST_AUTO_TEST_CASE(amounts_are_positive_and_both_texts_are_required) {
  given<Wallet>(id, WalletCreated{"2"});
  when(AddMoney{{id}, 0, ""}).then_invalid({{"amount", "greater_than"}, {"source", "blank"}});
  when(DrawMoney{{id}, -1, ""}).then_invalid({{"amount", "greater_than"}, {"destination", "blank"}});
  when(CreateWallet{{new_id()}, ""}).then_invalid({{"user_id", "blank"}});
}

BOOST_AUTO_TEST_CASE(a_refused_command_takes_the_others_of_its_call_with_it) {
  given<Wallet>(id, WalletCreated{"2"});
  when(AddMoney{{id}, "5"_decimal, "API"}, DrawMoney{{id}, "6"_decimal, "API"}).then_fails<InsufficientFunds>();
  then_rows<WalletRecord>({{id, "2", 0}}).then_no_rows<TransactionRecord>();
}

BOOST_AUTO_TEST_CASE(two_wallets_do_not_touch_each_other) {
  const AggregateId other = new_id();
  given<Wallet>(id, WalletCreated{"2"}, MoneyAdded{"20"_decimal, "API"});
  given<Wallet>(other, WalletCreated{"3"});
  when(DrawMoney{{id}, "5"_decimal, "API"}, AddMoney{{other}, "5"_decimal, "transfer"})
      .then(at(id, MoneyDrew{"5"_decimal, "API"}),
            at(other, event_like<MoneyAdded>([](const MoneyAdded& e) { return e.amount > 3; })))
      .then_rows<WalletRecord>({{other, "3", "5"_decimal}, {id, "2", "15"_decimal}});
}

BOOST_AUTO_TEST_SUITE_END()
