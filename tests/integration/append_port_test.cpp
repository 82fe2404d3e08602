// Behaviour 5.2 at the port of the store: what no caller of the public interfaces can ask for is refused all the same.
#include <boost/test/unit_test.hpp>

#include "store/postgres/postgres_store.hpp"
#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// Reads a stream without looking.
struct Ignoring final : store::StreamReader {
  void stream(std::string_view) override {}
  void event(const store::EventRow&) override {}
};

struct Fixture : ShelfStore {
  /// Appends one event after `version`, in the form that is the fast one when the stream is loaded; and commits.
  void append_after(std::int32_t version, bool loads) {
    Act command;
    command.aggregate_id = id;
    command.created_at = Timestamp{std::chrono::microseconds{1'700'000'000'000'000}};
    const store::StreamAppend stream{id, registry.aggregate("Shelf::Book"), version,
                                     {{registry.event("Shelf::BookDusted"), "{}"}}};
    const auto transaction = store.begin(versions);
    Ignoring reader;
    if (loads) BOOST_TEST(transaction->load(id, reader));
    const store::CommandRecord record{registry.command("Shelf::Act"), &command, R"({"name":""})"};
    transaction->append(record, {&stream, 1}, command.created_at);
    transaction->commit();
  }
  ErrorCode code_of(std::int32_t version, bool loads) {
    return thrown_by([&] { append_after(version, loads); }).code();
  }

  using Act = shelf::Act;
  AggregateId id = add_book(3);
  core::Registry registry{{shelf::domain(deeds)}};
  postgres::PostgresStore store{options.database_url, {}, registry};
  std::vector<views::LiveViews> versions = store.view_versions();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(append_port, Fixture)

BOOST_AUTO_TEST_CASE(an_event_after_the_last_one_is_appended_whether_the_stream_was_loaded_or_not) {
  append_after(3, true);
  append_after(4, false);
  BOOST_TEST(value("select string_agg(sequence_number::text, ',' order by sequence_number) from "
                   "sequent_schema.events") == "1,2,3,4,5");
}

BOOST_AUTO_TEST_CASE(a_gap_is_refused_whether_the_stream_was_loaded_or_not) {
  for (const bool loads : {true, false}) {
    BOOST_CHECK((code_of(4, loads) == ErrorCode::integrity));
    BOOST_CHECK((code_of(100, loads) == ErrorCode::integrity));
  }
  BOOST_TEST(events() == "3");
}

BOOST_AUTO_TEST_CASE(a_number_that_is_taken_is_refused_whether_the_stream_was_loaded_or_not) {
  for (const bool loads : {true, false}) {
    BOOST_CHECK((code_of(2, loads) == ErrorCode::optimistic_locking));
    BOOST_CHECK((code_of(1, loads) == ErrorCode::optimistic_locking));
    BOOST_CHECK((code_of(0, loads) == ErrorCode::optimistic_locking));
  }
  BOOST_TEST(events() == "3");
}

BOOST_AUTO_TEST_CASE(a_first_event_that_is_not_number_one_is_refused) {
  id = new_uuid();
  BOOST_CHECK((code_of(1, false) == ErrorCode::integrity));
  BOOST_TEST(events() == "3");
}

BOOST_AUTO_TEST_SUITE_END()
