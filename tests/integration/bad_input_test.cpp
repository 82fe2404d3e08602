// Bad input to `seriatim execute`: a clear message for each, nothing stored, no crash.

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

const std::string start = R"({"type":"Wallet::Commands::AddMoney","aggregate_id":")" + some_id + "\",";

/// A line whose attributes are these.
std::string add(const std::string& attributes) {
  return start + attributes + "}\n";
}

std::string nested(std::size_t levels) {
  return add(R"("amount":"1","source":)" + std::string(levels, '[') + std::string(levels, ']'));
}

struct Case {
  const char* what;
  std::string line;
  int exit_code;
  std::string answer;  ///< A part of it.
};

std::vector<Case> bad_lines() {
  return {
      {"no JSON", "{nonsense}\n", 2, "malformed 1: malformed JSON at byte 2"},
      {"cut off", R"({"type":"Wallet::Comm)", 2, "malformed 1: malformed JSON at byte "},
      {"two objects", "{}{}\n", 2, "malformed 1: malformed JSON at byte 3"},
      {"no object", "[1,2]\n", 2, "malformed 1: the JSON is not an object"},
      {"no type", R"({"aggregate_id":")" + some_id + "\"}\n", 2, "malformed 1: the command has no type"},
      {"type is a number",
       R"({"type":42})"
       "\n",
       2, "malformed 1: the command has no type"},
      {"invalid UTF-8", add("\"amount\":\"1\",\"source\":\"\xC3\x28\""), 2, "malformed 1: malformed JSON at byte "},
      {"a NUL byte", add(R"("amount":"1","source":"a)" + std::string(1, '\0') + R"(b")"), 2, "a NUL byte"},
      {"deep nesting", nested(100), 2, "malformed 1: the JSON is nested deeper than 32 levels"},
      {"very deep nesting", nested(1'000'000), 2, "malformed 1: the JSON is nested deeper than 32 levels"},
      {"unknown type",
       R"({"type":"Shop::Sell"})"
       "\n",
       3, "refused 1: no loaded domain handles commands of type \"Shop::Sell\""},
      {"no aggregate id",
       R"({"type":"Wallet::Commands::AddMoney","amount":"1","source":"API"})"
       "\n",
       3, "invalid 1: Wallet::Commands::AddMoney is not valid: aggregate_id is required"},
      {"an invalid UUID",
       R"({"type":"Wallet::Commands::AddMoney","aggregate_id":"16c8","amount":"1","source":"x"})"
       "\n",
       3, "aggregate_id is not a UUID"},
      {"a user that is no UUID", add(R"("amount":"1","source":"API","user_id":"Ann")"), 3, "user_id is not a UUID"},
      {"text for a number", add(R"("amount":"a lot","source":"API")"), 3, "amount is not a number"},
      {"an object for a number", add(R"("amount":{"value":1},"source":"API")"), 3, "amount is not a number"},
      {"a number for a text", add(R"("amount":"1","source":7)"), 3, "source is not a string"},
      {"all errors at once", add(R"("amount":true,"source":[])"), 3,
       "amount is not a number; source"},
      {"an unknown attribute", add(R"("amount":"1","source":"API","sauce":"x")"), 3, "sauce is unknown"},
      {"an over-long string", add(R"("amount":"1","source":")" + std::string(2 << 20, 'x') + "\""), 3,
       "source is longer than 1048576 bytes"},
      {"U+0000", add(R"("amount":"1","source":"a\u0000b")"), 3, "source contains the character U+0000"},
      {"beyond the column", add(R"("amount":"100000000","source":"API")"), 3, "amount must be less than or equal to"},
      {"beyond the type", add(R"("amount":1e400,"source":"API")"), 3, "amount is out of range"},
      {"too many digits", add(R"("amount":")" + std::string(60, '9') + R"(","source":"API")"), 3, "amount is "},
      {"a missing aggregate", add(R"("amount":"1","source":"API")"), 3,
       "there is no Wallet::Wallet with id " + some_id},
  };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bad_input, WalletCli)

BOOST_AUTO_TEST_CASE(every_bad_line_has_a_clear_answer_and_leaves_nothing_behind) {
  for (const Case& bad : bad_lines()) {
    BOOST_TEST_CONTEXT(bad.what) {
      const ProgramResult result = run({"execute"}, bad.line);
      BOOST_TEST(result.exit_code == bad.exit_code);
      BOOST_TEST(contains(result.output, bad.answer), result.output.substr(0, 500));
      BOOST_TEST(lines_of(result.output).size() == 1U);
      BOOST_TEST(result.output.size() < 1200U);
    }
  }
  BOOST_TEST(stored() == "0|0");
}

BOOST_AUTO_TEST_CASE(an_input_without_commands_is_refused) {
  std::ofstream{directory() / "empty.jsonl"};
  for (const ProgramResult& result : {run({"execute"}), run({"execute", "empty.jsonl"}), run({"execute"}, "\n  \n")}) {
    BOOST_TEST(result.exit_code == 2);
    BOOST_TEST(result.output == "");
    BOOST_TEST(contains(result.errors, "seriatim: the input has no commands"), result.errors);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_answered_with_its_number_and_does_not_stop_the_others) {
  const ProgramResult result =
      run({"execute"}, create_wallet(some_id) + "\nnonsense\n" + add_money(some_id, "-1") + add_money(some_id, "1"));
  BOOST_TEST(result.exit_code == 2);  // Of the first line that is not ok.
  const auto answers = lines_of(result.output);
  BOOST_REQUIRE(answers.size() == 4U);
  BOOST_TEST(answers[0].starts_with("ok 1 "));
  BOOST_TEST(answers[1].starts_with("malformed 3: "));
  BOOST_TEST(answers[2].starts_with("invalid 4: "));
  BOOST_TEST(answers[3].starts_with("ok 5 "));
  BOOST_TEST(contains(result.errors, "4 commands: 2 ok, 1 invalid, 1 malformed, in "), result.errors);
  BOOST_TEST(stored() == "2|2");
}

BOOST_AUTO_TEST_CASE(a_run_stops_at_the_first_bad_line_when_asked_to) {
  const ProgramResult result =
      run({"execute", "--stop-on-error"}, create_wallet(some_id) + draw_money(some_id, "1") + add_money(some_id, "1"));
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(lines_of(result.output).size() == 2U);
  BOOST_TEST(contains(result.errors, "stopped at line 2"), result.errors);
  BOOST_TEST(stored() == "1|1");
}

BOOST_AUTO_TEST_CASE(what_is_echoed_of_the_input_cannot_break_the_line) {
  const ProgramResult result = run({"execute"}, R"({"type":"two\nlines\u001b[31m"})"
                                                "\n");
  BOOST_TEST(lines_of(result.output).size() == 1U);
  BOOST_TEST(contains(result.output, R"(two\x0alines\x1b[31m)"), result.output);
}

BOOST_AUTO_TEST_CASE(a_line_beyond_the_limit_is_malformed_and_the_next_one_is_executed) {
  const ProgramResult result = run({"execute", "--max-line", "1KiB"},
                                   add(R"("source":")" + std::string(5000, 'x') + "\"") + create_wallet(some_id));
  BOOST_TEST(result.exit_code == 2);
  const auto answers = lines_of(result.output);
  BOOST_REQUIRE(answers.size() == 2U);
  BOOST_TEST(answers[0] == "malformed 1: the line is longer than 1,024 bytes: raise the limit with --max-line");
  BOOST_TEST(answers[1].starts_with("ok 2 "));
}

BOOST_AUTO_TEST_CASE(a_line_of_100_megabytes_is_answered_in_bounded_memory) {
  Program program{settings(with_database({"execute"}))};
  program.feed(start + R"("amount":"1","source":")");
  const std::string piece(std::size_t{1} << 20U, 'x');
  for (int i = 0; i < 100; ++i) {
    program.feed(piece);
    program.flush();
  }
  program.feed("\"}\n" + create_wallet(some_id));
  const auto answer = program.read_line(std::chrono::seconds{60});
  BOOST_TEST(answer.value_or("").starts_with("malformed 1: the line is longer than 16,777,216 bytes"));
  BOOST_TEST(program.read_line(std::chrono::seconds{60}).value_or("").starts_with("ok 2 "));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  BOOST_TEST_MESSAGE("the memory is not looked at: most of it is the sanitizer's");
#else
  BOOST_TEST(program.peak_memory() < (std::size_t{90} << 20U));
#endif
  BOOST_TEST(program.finish().exit_code == 2);
  BOOST_TEST(stored() == "1|1");
}

BOOST_AUTO_TEST_SUITE_END()
