#pragma once
// The fixture of the contract's tests: an empty store with the accounts domain, at the port.

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "contract_store.hpp"
#include "seriatim/testing/ids.hpp"
#include "support/accounts.hpp"

namespace seriatim::testing {

/// A stream as a reader was given it.
struct ReadStream final : store::StreamReader {
  void stream(std::string_view type) override {
    aggregate_type = type;
    texts.clear();
  }
  void event(const store::EventRow& row) override {
    BOOST_REQUIRE_EQUAL(row.sequence_number, static_cast<std::int32_t>(texts.size()) + 1);
    texts.push_back(std::string{row.type_name} + " " + boost::json::serialize(boost::json::parse(row.json)));
    types.push_back(row.type);
  }
  std::string aggregate_type;
  std::vector<std::string> texts;  ///< "Accounts::EmailChanged {"email":"a"}"
  std::vector<core::TypeIndex> types;
};

struct Contract {
  using Tx = std::unique_ptr<store::Transaction>;

  static std::vector<Domain> domains() {
    Domain domain{"accounts"};
    accounts::register_domain(domain, std::make_shared<accounts::Deeds>());
    return {domain};
  }
  static Timestamp at(int second) { return Timestamp{std::chrono::seconds{1'700'000'000 + second}}; }

  [[nodiscard]] Tx begin() const { return store().begin(versions); }
  [[nodiscard]] store::EventStore& store() const { return contract_store->store(); }

  /// A stream of a user: registered first, then as many changes of the address.
  [[nodiscard]] store::StreamAppend user(const AggregateId& id, std::int32_t after, const std::vector<std::string>& emails,
                                         const std::string& partition = "") const {
    store::StreamAppend stream{id, registry.aggregate("Accounts::User"), after, {}, partition};
    for (const std::string& email : emails) {
      const bool first = after == 0 && stream.events.empty();
      stream.events.push_back({registry.event(first ? "Accounts::UserRegistered" : "Accounts::EmailChanged"),
                               R"({"email":")" + email + "\"}"});
    }
    return stream;
  }
  [[nodiscard]] store::StreamAppend note(const AggregateId& id) const {
    return {id, registry.aggregate("Accounts::Note"), 0, {{registry.event("Accounts::NoteWritten"), "{}"}}};
  }

  void append(store::Transaction& transaction, const std::vector<store::StreamAppend>& streams, int second = 0) const {
    accounts::Act command;
    command.aggregate_id = streams.front().aggregate_id;
    command.created_at = at(second);
    append(transaction, command, streams);
  }
  void append(store::Transaction& transaction, const accounts::Act& command,
              const std::vector<store::StreamAppend>& streams) const {
    const store::CommandRecord record{registry.command("Accounts::Act"), &command, R"({"name":""})"};
    transaction.append(record, streams, command.created_at);
  }
  /// In a transaction of its own.
  void store_events(const std::vector<store::StreamAppend>& streams, int second = 0) const {
    const Tx transaction = begin();
    append(*transaction, streams, second);
    transaction->commit();
  }

  [[nodiscard]] std::vector<std::string> stream_of(const AggregateId& id) const {
    ReadStream reader;
    (void)begin()->load(id, reader);
    return reader.texts;
  }

  /// "…1#1 …1#2 …2#1": the events that are stored, by the last digit of their aggregate's id.
  [[nodiscard]] std::string log() const {
    std::string out;
    for (const StoredRow& row : contract_store->rows()) {
      out.append(out.empty() ? "" : " ").append(uuid_text(row.aggregate_id).substr(35)).append("#");
      out.append(std::to_string(row.sequence_number));
    }
    return out;
  }

  /// The addresses in the view, in order.
  [[nodiscard]] std::vector<std::string> emails() const {
    std::vector<std::string> found;
    begin()->persistor(0).select(record_type<accounts::UserRecord>(), {}, [&](const void* record) {
      found.push_back(static_cast<const accounts::UserRecord*>(record)->email);
    });
    std::sort(found.begin(), found.end());
    return found;
  }
  static void create_row(store::Transaction& transaction, const AggregateId& id, const std::string& email) {
    const accounts::UserRecord record{id, email, ""};
    transaction.persistor(0).create(record_type<accounts::UserRecord>(), &record);
  }

  AggregateId one = Ids::numbered(1);
  AggregateId two = Ids::numbered(2);
  core::Registry registry{domains()};
  std::unique_ptr<ContractStore> contract_store = make_contract_store(registry, domains());
  std::vector<views::LiveViews> versions = store().view_versions();
};

/// The code of what `call` throws.
template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error.code();
  }
  BOOST_FAIL("nothing was thrown");
  return {};
}

inline std::vector<std::string> texts(std::initializer_list<std::string> list) { return list; }

}  // namespace seriatim::testing
