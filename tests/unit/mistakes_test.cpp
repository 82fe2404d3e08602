// Mistakes in a domain that are found when a program starts, and that docs/errors.md lists all that are found earlier as well.

#include <boost/test/unit_test.hpp>
#include <regex>

#include "core/registry.hpp"
#include "document.hpp"
#include "migrations/planner.hpp"
#include "seriatim/domain.hpp"
#include "views/replay_persistor.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace mistakes_test {

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (), (customer))

struct OrderCopied {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";  // The mistake.
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderCopied, (), (customer))

struct OrderRecord {
  static constexpr std::string_view table = "orders";
  Uuid aggregate_id{};
};
BOOST_DESCRIBE_STRUCT(OrderRecord, (), (aggregate_id))

struct OrderProjector {
  static constexpr std::string_view type_name = "OrderProjector";
  using Manages = records<OrderRecord>;
  using Events = types<OrderPlaced>;
  void on(const Event<OrderPlaced>& e, Views& views) const { views.create(OrderRecord{e.aggregate_id}); }
};

struct SecondProjector : OrderProjector {
  static constexpr std::string_view type_name = "SecondProjector";
};

struct CopyProjector {
  static constexpr std::string_view type_name = "CopyProjector";
  using Manages = no_records;
  using Events = types<OrderCopied>;
  void on(const Event<OrderCopied>& e, Views& views) const { views.create(OrderRecord{e.aggregate_id}); }
};

struct AddAnimal : Command {
  static constexpr std::string_view type_name = "Zoo::AddAnimal";
  std::string type;  // The mistake.
};
BOOST_DESCRIBE_STRUCT(AddAnimal, (Command), (type))

struct AddAnimalHandler {
  using Commands = types<AddAnimal>;
  void handle(const AddAnimal& /*command*/, Repository& /*repository*/) const {}
};

void refused(Domain domain, const std::string& sentence) {
  BOOST_CHECK_EXCEPTION(core::Registry{{std::move(domain)}}, Error, [&](const Error& error) {
    BOOST_TEST(error.what() == sentence);
    return error.code() == ErrorCode::configuration;
  });
}

Domain shop() { return Domain{"shop"}; }

/// The sentences of the files that must not compile, as regular expressions.
std::vector<std::string> sentences_of_the_compiler() {
  std::vector<std::string> sentences;
  for (const auto& entry : std::filesystem::directory_iterator{source_directory / "tests/compile_fail"}) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string first = lines_of(text_of(entry.path().lexically_relative(source_directory))).front();
    BOOST_REQUIRE_MESSAGE(first.starts_with("// says: "), entry.path());
    sentences.push_back(first.substr(9));
  }
  return sentences;
}

}  // namespace mistakes_test

using namespace mistakes_test;

BOOST_AUTO_TEST_SUITE(mistakes)

BOOST_AUTO_TEST_CASE(two_projectors_of_one_table_are_refused_by_name) {
  Domain domain = shop();
  domain.projector<OrderProjector>().projector<SecondProjector>();
  refused(std::move(domain),
          "table view_schema.orders is managed by two projectors, OrderProjector and SecondProjector: a table has exactly one");
}

BOOST_AUTO_TEST_CASE(two_events_of_one_name_are_refused_with_their_types) {
  Domain domain = shop();
  domain.projector<OrderProjector>().projector<CopyProjector>();
  refused(std::move(domain),
          "two event types are named \"Shop::Events::OrderPlaced\" (C++ types mistakes_test::OrderPlaced and "
          "mistakes_test::OrderCopied): give one of them another type_name");
}

BOOST_AUTO_TEST_CASE(a_projector_that_writes_a_table_of_another_is_refused_by_name) {
  const EventHeader header{new_uuid(), 1, {}};
  views::ReplayPersistor rows;
  Views views{rows, CopyProjector::type_name, {}, header};
  const OrderCopied event{"Ann"};
  BOOST_CHECK_EXCEPTION(CopyProjector{}.on(Event<OrderCopied>{header, event}, views), Error, [](const Error& error) {
    BOOST_TEST(std::string{error.what()}.starts_with("projector CopyProjector does not manage table orders"), error.what());
    return error.code() == ErrorCode::not_managed;
  });
}

BOOST_AUTO_TEST_CASE(a_command_with_an_attribute_named_type_is_refused_at_the_start) {
  refused(Domain{"zoo"}.handler<AddAnimalHandler>(),
          "command \"Zoo::AddAnimal\" has an attribute \"type\", which in JSON names the type of the command: give it "
          "another name");
}

BOOST_AUTO_TEST_CASE(a_table_without_its_sql_file_is_refused_with_the_file) {
  Domain domain = shop();
  domain.projector<OrderProjector>().views(ViewVersions{}.version(1, {replay<OrderProjector>()}), {});
  BOOST_CHECK_EXCEPTION(static_cast<void>(migrations::plan(domain, 0, 1)), Error, [](const Error& error) {
    BOOST_TEST(std::string{error.what()}.find("the file orders.sql is missing") != std::string::npos, error.what());
    return error.code() == ErrorCode::migration;
  });
}

BOOST_AUTO_TEST_CASE(the_documents_list_every_sentence_of_the_compiler) {
  // What the document wraps is one sentence all the same; it names no types of ours, so backticks are left out.
  const std::string errors = std::regex_replace(text_of("docs/errors.md"), std::regex{"`"}, "");
  const auto sentences = sentences_of_the_compiler();
  BOOST_TEST(sentences.size() > 15U);
  for (const std::string& sentence : sentences) {
    if (sentence.find(".+") != std::string::npos) continue;  // In the compiler's own words, which differ.
    const std::string plain = std::regex_replace(sentence, std::regex{"`"}, "");
    BOOST_TEST((errors.find(plain) != std::string::npos), plain << " is listed in docs/errors.md");
  }
}

BOOST_AUTO_TEST_SUITE_END()
