#pragma once
// Rows, conditions and random values for the tests of the in-memory persistor.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "seriatim/errors.hpp"
#include "views/replay_persistor.hpp"

namespace replay_rows {

using namespace seriatim;
using views::ReplayPersistor;

enum class Colour { red, green, amber };
BOOST_DESCRIBE_ENUM(Colour, red, green, amber)

struct Row {
  static constexpr std::string_view table = "rows";
  Uuid aggregate_id{};
  std::optional<Uuid> other_id{};
  std::string name{};
  std::optional<std::string> note{};
  std::int32_t number = 0;
  std::int64_t big = 0;
  std::optional<std::int32_t> maybe{};
  Decimal amount{};
  double ratio = 0;
  bool flag = false;
  Colour colour = Colour::red;
  Timestamp at{};
  Date day = Date{std::chrono::year{2026}, std::chrono::month{1}, std::chrono::day{1}};
  std::vector<std::string> tags{};
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (aggregate_id, other_id, name, note, number, big, maybe, amount, ratio, flag, colour, at, day,
                       tags))

struct Count {
  static constexpr std::string_view table = "counts";
  std::string name{};
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Count, (), (name, count))

inline std::uint64_t seed() {
  static const std::uint64_t value = [] {
    const char* const given = std::getenv("SERIATIM_TEST_SEED");
    const std::uint64_t chosen = given != nullptr ? std::stoull(given) : std::uint64_t{std::random_device{}()};
    BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << chosen);
    return chosen;
  }();
  return value;
}

inline Uuid id_of(int number) {
  Uuid id{};
  id.data[0] = 0x70;
  id.data[15] = static_cast<std::uint8_t>(number);
  return id;
}

/// A persistor with the typed interface that projectors use.
struct Fixture {
  ReplayPersistor persistor;
  EventHeader header{};
  std::vector<const RecordType*> managed{&record_type<Row>(), &record_type<Count>()};
  Views views{persistor, "TestProjector", managed, header};

  void begin(const Uuid& id) {
    header.aggregate_id = id;
    persistor.begin_aggregate(id);
  }

  /// All rows as text, sorted.
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    persistor.for_each_row(record_type<Row>(),
                           [&](const void* row) { out.push_back(describe(*static_cast<const Row*>(row))); });
    std::sort(out.begin(), out.end());
    return out;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    persistor.for_each_row(record_type<Row>(),
                           [&](const void* row) { out.push_back(static_cast<const Row*>(row)->name); });
    return out;
  }
};

inline Row named(std::string name) {
  Row row;
  row.name = std::move(name);
  return row;
}

inline auto has_code(ErrorCode code) {
  return [code](const Error& error) { return error.code() == code; };
}

/// What a condition means in SQL, as a function of one row.
using Test = std::function<bool(const Row&)>;

/// A condition for the persistor, and the same for a list of rows.
struct Search {
  Condition<Row> condition{};
  Test test = [](const Row&) { return true; };
};

/// Values from a small range, so that they meet.
class Random {
 public:
  explicit Random(std::uint64_t start) : engine_{start} {}
  int below(int end) { return std::uniform_int_distribution<int>{0, end - 1}(engine_); }
  bool once_in(int times) { return below(times) == 0; }

  template <class T>
  T value() {
    if constexpr (attributes::detail::is_optional<T>::value) {
      if (once_in(3)) return std::nullopt;
      return value<typename T::value_type>();
    } else if constexpr (attributes::detail::is_list<T>::value) {
      return T(static_cast<std::size_t>(below(3)), "tag");
    } else if constexpr (std::is_same_v<T, Uuid>) {
      return id_of(below(12));
    } else if constexpr (std::is_same_v<T, std::string>) {
      return once_in(2) ? "n" + std::to_string(below(8)) : std::string(40, static_cast<char>('a' + below(4)));
    } else if constexpr (std::is_same_v<T, Decimal>) {
      return once_in(2) ? *Decimal::parse(std::to_string(below(6)) + ".0") : Decimal{below(6)};
    } else if constexpr (std::is_same_v<T, double>) {
      return once_in(8) ? std::numeric_limits<double>::quiet_NaN() : below(5) * (once_in(2) ? -0.5 : 0.5);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      return Timestamp{std::chrono::microseconds{below(9)}};
    } else if constexpr (std::is_same_v<T, Date>) {
      return Date{std::chrono::year{2026}, std::chrono::month{2},
                  std::chrono::day{static_cast<unsigned>(1 + below(9))}};
    } else if constexpr (std::is_same_v<T, Colour>) {
      return static_cast<Colour>(below(3));
    } else {
      return static_cast<T>(below(std::is_same_v<T, bool> ? 2 : 7));
    }
  }

 private:
  std::mt19937_64 engine_;
};

template <class T>
bool is_empty(const T& value) {
  if constexpr (attributes::detail::is_optional<T>::value) return !value.has_value();
  return false;
}

template <class T>
bool equals(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, double>) {
    if (std::isnan(a) && std::isnan(b)) return true;
  }
  return a == b;
}

/// One predicate on a column, with what it means in SQL.
template <class M>
Search random_term(Random& random, M Row::*member) {
  if (!random.once_in(3)) {
    const M wanted = random.value<M>();
    return {where(member, wanted), [=](const Row& row) { return equals(row.*member, wanted); }};
  }
  std::vector<M> wanted(static_cast<std::size_t>(random.once_in(6) ? 0 : 2 + random.below(3)));
  for (auto&& value : wanted) value = random.value<M>();
  return {in(member, wanted), [=](const Row& row) {
            return !is_empty(row.*member) && std::any_of(wanted.begin(), wanted.end(),
                                                         [&](const M& value) { return equals(row.*member, value); });
          }};
}

/// Calls `visit` with a random column, given as a member pointer.
template <class Visit>
auto with_random_column(Random& random, Visit visit) {
  switch (random.below(13)) {
    case 0:
      return visit(&Row::aggregate_id);
    case 1:
      return visit(&Row::other_id);
    case 2:
      return visit(&Row::name);
    case 3:
      return visit(&Row::note);
    case 4:
      return visit(&Row::number);
    case 5:
      return visit(&Row::big);
    case 6:
      return visit(&Row::maybe);
    case 7:
      return visit(&Row::amount);
    case 8:
      return visit(&Row::ratio);
    case 9:
      return visit(&Row::colour);
    case 10:
      return visit(&Row::at);
    case 11:
      return visit(&Row::day);
    default:
      return visit(&Row::aggregate_id);
  }
}

inline Search random_search(Random& random) {
  Search search;
  for (int terms = random.once_in(30) ? 0 : 1 + random.below(3); terms > 0; --terms) {
    Search term = with_random_column(random, [&](auto member) { return random_term(random, member); });
    search.condition = std::move(search.condition) && term.condition;
    search.test = [a = search.test, b = term.test](const Row& row) { return a(row) && b(row); };
  }
  return search;
}

inline Row random_row(Random& random) {
  Row row;
  row.aggregate_id = random.value<Uuid>();
  row.other_id = random.value<std::optional<Uuid>>();
  row.name = random.value<std::string>();
  row.note = random.value<std::optional<std::string>>();
  row.number = random.value<std::int32_t>();
  row.big = random.value<std::int64_t>();
  row.maybe = random.value<std::optional<std::int32_t>>();
  row.amount = random.value<Decimal>();
  row.ratio = random.value<double>();
  row.flag = random.value<bool>();
  row.colour = random.value<Colour>();
  row.at = random.value<Timestamp>();
  row.day = random.value<Date>();
  row.tags = random.value<std::vector<std::string>>();
  return row;
}

/// The number as text of one width, so that the text has the number's order.
inline std::string padded(double number) {
  const std::string text = std::to_string(number + 1e6);
  return std::string(20 - text.size(), '0') + text;
}

/// The order of `order by ... desc`, told differently than the implementation does.
template <class T>
std::string descending_key(const T& value) {
  if constexpr (attributes::detail::is_optional<T>::value) {
    return value ? "0" + descending_key(*value) : std::string{"1"};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return uuid_text(value);
  } else if constexpr (std::is_same_v<T, Colour>) {
    return value == Colour::red ? "red" : value == Colour::green ? "green" : "amber";
  } else if constexpr (std::is_same_v<T, double>) {
    return std::isnan(value) ? "z" : padded(value);
  } else if constexpr (std::is_same_v<T, Decimal>) {
    return padded(value.to_double());
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return padded(static_cast<double>(value.time_since_epoch().count()));
  } else if constexpr (std::is_same_v<T, Date>) {
    return padded(static_cast<unsigned>(value.day()));
  } else {
    return padded(static_cast<double>(value));
  }
}

}  // namespace replay_rows
