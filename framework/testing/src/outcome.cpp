#include "seriatim/testing/outcome.hpp"

#include <algorithm>
#include <boost/core/demangle.hpp>

#include "comparison.hpp"
#include "seriatim/validation.hpp"

namespace seriatim::testing {
namespace {

std::string message_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return boost::core::demangle(typeid(error).name()) + ": " + error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

Sheet sheet(const ExpectedEvent& expected) {
  const std::string of = expected.id() ? " of " + uuid_text(*expected.id()) : "";
  if (expected.value().empty()) return {expected.text() + of};
  return sheet_of(expected.text() + of, expected.value().type(), expected.value().get());
}

/// The aggregate is named where the expectation names one, and where nothing was expected.
Sheet sheet(const RecordedEvent& event, const ExpectedEvent* beside) {
  std::string head{event.type_name()};
  if (beside == nullptr || beside->id()) head += " of " + uuid_text(event.header().aggregate_id);
  return sheet_of(head, event.value().type(), event.value().get());
}

SheetPair pair_of(const ExpectedEvent* expected, const RecordedEvent* actual) {
  SheetPair pair;
  if (expected != nullptr) pair.expected = sheet(*expected);
  if (actual != nullptr) pair.actual = sheet(*actual, expected);
  pair.matches = expected != nullptr && actual != nullptr && expected->matches(*actual);
  return pair;
}

Sheet sheet(const AnyCommand& command) {
  return sheet_of(std::string{command.type().name}, *command.type().attributes, command.get());
}

SheetPair pair_of(const ExpectedCommand* expected, const AnyCommand* actual) {
  SheetPair pair;
  if (expected != nullptr) pair.expected = expected->command() ? sheet(*expected->command()) : Sheet{std::string{expected->type_name()}};
  if (actual != nullptr) pair.actual = sheet(*actual);
  pair.matches = expected != nullptr && actual != nullptr && expected->matches(*actual);
  return pair;
}

std::string_view name_of(const RecordedEvent& event) { return event.type_name(); }
std::string_view name_of(const AnyCommand& command) { return command.type().name; }

/// The pairs of what was expected and what there is; empty when all is as expected.
template <class Expected, class Actual>
std::vector<SheetPair> compare(const std::vector<Expected>& expected, const std::vector<Actual>& actual) {
  const auto likeness = [&](std::size_t i, std::size_t j) {
    if (expected[i].matches(actual[j])) return 3;
    return expected[i].type_name() == name_of(actual[j]) ? 2 : 0;
  };
  std::vector<SheetPair> pairs;
  for (const auto& [i, j] : align(expected.size(), actual.size(), likeness)) {
    pairs.push_back(pair_of(i ? &expected[*i] : nullptr, j ? &actual[*j] : nullptr));
  }
  const bool same = std::all_of(pairs.begin(), pairs.end(), [](const SheetPair& pair) { return pair.matches; });
  return same ? std::vector<SheetPair>{} : pairs;
}

std::vector<std::pair<std::string, std::string>> listed(const AttributeErrors& errors) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const auto& [path, found] : errors) {
    for (const AttributeError& error : found) list.emplace_back(path, error.code);
  }
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace

void Outcome::fail(const std::string& message) const { report(Failure{message, location_}); }

bool Outcome::succeeded(const char* expected) const {
  if (happened_.failure) {
    fail("then: " + std::string{expected} + " expected, but it was refused by " + message_of(happened_.failure));
    return false;
  }
  if (!happened_.after_commit_failures.empty()) {
    fail("then: after-commit work of " + happened_.after_commit_failures.front().workflow +
         " failed: " + happened_.after_commit_failures.front().message);
    return false;
  }
  return true;
}

Outcome& Outcome::then_events(const std::vector<ExpectedEvent>& expected) {
  if (!succeeded(expected.empty() ? "success without events" : "events")) return *this;
  const std::vector<SheetPair> pairs = compare(expected, happened_.events);
  if (!pairs.empty()) fail("then: the events are others than expected\n" + side_by_side(pairs, wants_colours()));
  return *this;
}

Outcome& Outcome::then_issued(const std::vector<ExpectedCommand>& expected) {
  if (!succeeded(expected.empty() ? "success without issued commands" : "issued commands")) return *this;
  const std::vector<SheetPair> pairs = compare(expected, happened_.issued);
  if (!pairs.empty()) fail("then: the issued commands are others than expected\n" + side_by_side(pairs, wants_colours()));
  return *this;
}

Outcome& Outcome::then_fails(ErrorCode code) {
  const std::string expected = to_string(code);
  try {
    if (happened_.failure) std::rethrow_exception(happened_.failure);
    fail("then: it was to be refused by " + expected + ", but it succeeded with " +
         std::to_string(happened_.events.size()) + " events");
  } catch (const Error& error) {
    if (error.code() == code) return *this;
    fail("then: it was to be refused by " + expected + ", but it was by " + to_string(error.code()) + ": " + error.what());
  } catch (const std::exception&) {
    fail("then: it was to be refused by " + expected + ", but it was by " + message_of(happened_.failure));
  }
  return *this;
}

Outcome& Outcome::then_invalid(std::vector<std::pair<std::string, std::string>> expected) {
  std::sort(expected.begin(), expected.end());
  return then_fails<CommandNotValid>([&](const CommandNotValid& error) {
    const auto actual = listed(error.errors());
    if (actual == expected) return;
    Sheet left{"errors"};
    left.lines = expected;
    Sheet right{"errors"};
    right.lines = actual;
    fail("then: the validation errors are others than expected\n" +
         side_by_side({SheetPair{left, right, false}}, wants_colours()));
  });
}

Outcome& Outcome::then_after_commit_fails(std::string_view text) {
  auto& failures = happened_.after_commit_failures;
  const auto found = std::find_if(failures.begin(), failures.end(), [&](const AfterCommitFailure& failure) {
    return failure.message.find(text) != std::string::npos;
  });
  if (found != failures.end()) {
    failures.erase(found);
    return *this;
  }
  std::string message = "then: no after-commit work failed with \"" + std::string{text} + "\"";
  for (const AfterCommitFailure& failure : failures) message += "; " + failure.workflow + ": " + failure.message;
  fail(message);
  return *this;
}

void Outcome::report_other_failure(const std::type_info& expected) const {
  fail("then: it was to be refused by " + boost::core::demangle(expected.name()) + ", but it was by " +
       message_of(happened_.failure));
}

void Outcome::report_success(const std::type_info& expected) const {
  std::vector<SheetPair> pairs;
  for (const RecordedEvent& event : happened_.events) pairs.push_back({{}, sheet(event, nullptr), false});
  const std::string events = pairs.empty() ? " without events" : " with these events\n" + side_by_side(pairs, wants_colours());
  fail("then: it was to be refused by " + boost::core::demangle(expected.name()) + ", but it succeeded" + events);
}

}  // namespace seriatim::testing
