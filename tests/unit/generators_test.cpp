// What the generators make of names, attributes and sources that are there, and how they write files.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "generate/generators.hpp"
#include "generate/source_text.hpp"
#include "generate/templates.hpp"
#include "seriatim/errors.hpp"
#include "seriatim/testing/throwaway_cluster.hpp"

using namespace seriatim;
using namespace seriatim::cli::generate;
using seriatim::testing::ThrowawayDirectory;
namespace fs = std::filesystem;

namespace {

bool says(const Error& error, const std::string& part) {
  BOOST_TEST(std::string{error.what()}.find(part) != std::string::npos, error.what());
  return error.code() == ErrorCode::usage;
}

#define BOOST_TEST_REFUSED(expression, part) \
  BOOST_CHECK_EXCEPTION(static_cast<void>(expression), Error, [](const Error& error) { return says(error, part); })

std::string text_of(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  BOOST_REQUIRE_MESSAGE(stream.good(), file << " can be read");
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void write(const fs::path& file, const std::string& text) { std::ofstream{file, std::ios::binary} << text; }

/// All files below a folder with their texts, to see that nothing has changed.
std::map<std::string, std::string> files(const fs::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    const std::string path = entry.path().lexically_relative(folder).string();
    found[path] = entry.is_regular_file() ? text_of(entry.path()) : "";
  }
  return found;
}

struct ProjectFixture {
  ProjectFixture() { new_project({"blog", "Blog"}, directory.path()).write(); }

  [[nodiscard]] Project project() const { return find_project(directory.path() / "domain"); }
  [[nodiscard]] fs::path path(const std::string& file) const { return directory.path() / file; }

  ThrowawayDirectory directory;
  Name invoice{"invoice", "Invoice"};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(generators)

BOOST_AUTO_TEST_CASE(names_are_read_in_both_spellings) {
  for (const char* given : {"sales_order", "SalesOrder"}) {
    BOOST_TEST(parse_name("an aggregate", given).snake == "sales_order");
    BOOST_TEST(parse_name("an aggregate", given).pascal == "SalesOrder");
  }
  BOOST_TEST(parse_name("a command", "SendHTTPRequest").snake == "send_http_request");
  BOOST_TEST(parse_name("a command", "Pay2").snake == "pay2");
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be_are_refused_with_a_sentence) {
  for (const char* given : {"", "2nd", "sales-order", "sales__order", "_order", "order_", "salesOrder", "Örder", "../order"}) {
    BOOST_TEST_REFUSED(parse_name("an aggregate", given), "cannot be the name of an aggregate: write it like sales_order");
  }
  for (const char* given : {"class", "Class", "namespace", "std", "seriatim", "test", "command", "State"}) {
    BOOST_TEST_REFUSED(parse_name("a project", given), "means something else");
  }
  BOOST_TEST_REFUSED(parse_name("a project", std::string(41, 'a')), "40 characters at most");
}

BOOST_AUTO_TEST_CASE(attributes_of_every_type_are_read_alone_optional_and_as_lists) {
  BOOST_TEST(parse_attribute("amount:decimal").type == "seriatim::Decimal");
  BOOST_TEST(parse_attribute("count:integer").type == "std::int64_t");
  BOOST_TEST(parse_attribute("due_on:date?").type == "std::optional<seriatim::Date>");
  BOOST_TEST(parse_attribute("lines:string[]").type == "std::vector<std::string>");
}

BOOST_AUTO_TEST_CASE(attributes_that_cannot_be_are_refused_with_a_sentence) {
  BOOST_TEST_REFUSED(parse_attribute("amount"), "has no type: write name:type");
  BOOST_TEST_REFUSED(parse_attribute("amount:money"), "the types are string, integer, int, double, decimal, bool, date");
  BOOST_TEST_REFUSED(parse_attribute("amount:string?[]"), "the types are");
  BOOST_TEST_REFUSED(parse_attribute("Amount:string"), "write it like due_on");
  BOOST_TEST_REFUSED(parse_attribute("class:string"), "means something else");
  BOOST_TEST_REFUSED(parse_attributes({"a:string", "a:bool"}), "\"a\" is given twice");
  BOOST_TEST_REFUSED(require_own_names(parse_attributes({"user_id:string"})), "would hide what every command has");
}

BOOST_AUTO_TEST_CASE(long_lines_are_broken_behind_commas_below_what_they_continue) {
  const std::string list = "  using Events = seriatim::types<" + std::string(60, 'A') + ", " + std::string(60, 'B') + ">;";
  BOOST_TEST(with_broken_lines(list) == "  using Events = seriatim::types<" + std::string(60, 'A') + ",\n" +
                                            std::string(33, ' ') + std::string(60, 'B') + ">;\n");
}

BOOST_AUTO_TEST_CASE(comments_and_literals_are_never_taken_for_code) {
  const std::string text = "a // }\n\"}\\\"\" '}' /* } \n } */ R\"x(})\" })x\" b 1'000}";
  const std::string code = code_only(text);
  BOOST_TEST(code.size() == text.size());
  BOOST_TEST(std::count(code.begin(), code.end(), '}') == 1);
  BOOST_TEST(std::count(code.begin(), code.end(), '\n') == 2);
}

BOOST_AUTO_TEST_CASE(names_join_a_list_however_it_is_laid_out) {
  SourceText source{"order.hpp",
                    "struct Order {\n"
                    "  // using Events = seriatim::types<Wrong>;\n"
                    "  using Events = seriatim::types<\n"
                    "      Placed,   // the first\n"
                    "      Paid>;\n"
                    "  using Others = types<>;\n"
                    "};\n"};
  source.add_to_list("Order", "Events", "Sent");
  source.add_to_list("Order", "Others", "Lost");
  BOOST_TEST(source.text().find("Placed,   // the first\n      Paid, Sent>;") != std::string::npos, source.text());
  BOOST_TEST(source.text().find("using Others = types<Lost>;") != std::string::npos, source.text());
}

BOOST_AUTO_TEST_CASE(a_place_that_is_not_found_is_named_with_what_is_to_be_added) {
  SourceText source{"order.hpp", "struct Order {\n  struct State {};\n};\n"};
  BOOST_TEST_REFUSED(source.add_to_list("Order", "Events", "Sent"),
                     "order.hpp has no `using Events = seriatim::types<...>;` in Order that Sent could be added to");
  BOOST_TEST_REFUSED(source.add_member("Order", "State", "bool", "sent", " = false"), "BOOST_DESCRIBE_STRUCT(Order::State");
  BOOST_TEST_REFUSED(source.add_to_namespace("shop", "int x;"), "order.hpp has no namespace shop that int x;");
}

BOOST_FIXTURE_TEST_CASE(an_aggregate_is_registered_and_included_in_order, ProjectFixture) {
  new_aggregate(project(), invoice, {}).write();
  const std::string plugin = text_of(path("domain/plugin.cpp"));
  BOOST_TEST(plugin.find("#include \"domain/invoice/invoice.hpp\"\n"
                         "#include \"domain/invoice/invoice_command_handler.hpp\"\n"
                         "#include \"domain/post/post.hpp\"\n") != std::string::npos,
             plugin);
  BOOST_TEST(plugin.find("  domain.aggregate<Invoice>().handler<InvoiceCommandHandler>();\n}") != std::string::npos, plugin);
}

BOOST_FIXTURE_TEST_CASE(a_member_of_the_state_is_shared_by_events_of_one_type_and_refused_for_another, ProjectFixture) {
  new_aggregate(project(), invoice, parse_attributes({"number:string"})).write();
  new_event(project(), invoice, {"invoice_renumbered", "InvoiceRenumbered"}, parse_attributes({"number:string"})).write();
  const std::string header = text_of(path("domain/invoice/invoice.hpp"));
  BOOST_TEST(header.find("BOOST_DESCRIBE_STRUCT(Invoice::State, (), (number))") != std::string::npos, header);
  BOOST_TEST_REFUSED(new_event(project(), invoice, {"invoice_counted", "InvoiceCounted"}, parse_attributes({"number:int"})),
                     "Invoice::State has a member number of the type std::string already");
}

BOOST_FIXTURE_TEST_CASE(what_is_there_already_is_refused_and_nothing_is_written, ProjectFixture) {
  new_aggregate(project(), invoice, {}).write();
  const auto before = files(directory.path());
  BOOST_TEST_REFUSED(new_aggregate(project(), invoice, {}), "has a type Invoice already");
  BOOST_TEST_REFUSED(new_event(project(), invoice, {"post_liked", "PostLiked"}, {}), "events.hpp has a type PostLiked already");
  BOOST_TEST_REFUSED(new_command(project(), {"order", "Order"}, {"place", "Place"}, {}), "there is no aggregate Order");
  BOOST_TEST_REFUSED(new_project({"blog", "Blog"}, directory.path()), "is there already: nothing was written");
  BOOST_TEST((files(directory.path()) == before));
}

BOOST_FIXTURE_TEST_CASE(a_project_whose_places_are_gone_is_left_as_it_is, ProjectFixture) {
  new_aggregate(project(), invoice, {}).write();
  write(path("tests/invoice_test.cpp"), "// rewritten\n");
  const auto before = files(directory.path());
  BOOST_TEST_REFUSED(new_command(project(), invoice, {"send", "Send"}, {}), "tests/invoice_test.cpp has no `BOOST_AUTO_TEST_SUITE_END`");
  BOOST_TEST((files(directory.path()) == before));
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_a_project_is_refused, ProjectFixture) {
  const ThrowawayDirectory elsewhere;
  BOOST_TEST_REFUSED(find_project(elsewhere.path()), "run this in a project that `seriatim new` has made");
  write(path("domain/plugin.cpp"), "// SERIATIM_PLUGIN(blog, domain)\n");
  BOOST_TEST_REFUSED(project(), "has no SERIATIM_PLUGIN(name, domain)");
}

BOOST_FIXTURE_TEST_CASE(when_one_file_cannot_be_written_none_is, ProjectFixture) {
  FileChanges changes = new_aggregate(project(), invoice, {});
  changes.create("README.md/impossible.md", "below a file");
  const auto before = files(directory.path());
  BOOST_CHECK_THROW(changes.write(), std::exception);
  BOOST_TEST((files(directory.path()) == before));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_somebody_changed_meanwhile_is_not_overwritten, ProjectFixture) {
  const FileChanges changes = new_aggregate(project(), invoice, {});
  write(path("domain/plugin.cpp"), "// by somebody else\n");
  const auto before = files(directory.path());
  BOOST_TEST_REFUSED(changes.write(), "was changed by somebody else meanwhile");
  BOOST_TEST((files(directory.path()) == before));
}

BOOST_FIXTURE_TEST_CASE(a_change_is_told_by_its_lines, ProjectFixture) {
  const FileChanges changes = new_aggregate(project(), invoice, {});
  BOOST_TEST(changed_lines(changes.all().back()) ==
             "+ #include \"domain/invoice/invoice.hpp\"\n"
             "+ #include \"domain/invoice/invoice_command_handler.hpp\"\n"
             "+   domain.aggregate<Invoice>().handler<InvoiceCommandHandler>();\n");
}

BOOST_AUTO_TEST_SUITE_END()
