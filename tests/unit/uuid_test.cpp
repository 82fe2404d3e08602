#include "seriatim/uuid.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using seriatim::append_uuid;
using seriatim::new_ordered_uuid;
using seriatim::new_uuid;
using seriatim::parse_uuid;
using seriatim::Uuid;
using seriatim::uuid_text;

namespace {

const std::string an_id = "16c83c6b-6dc5-4b3e-a4c4-0a1f4e9d8b7f";

// What several threads make at the same time, in the order of each thread.
std::vector<std::vector<Uuid>> make_in_threads(Uuid (*make)()) {
  std::vector<std::vector<Uuid>> made(4);
  std::vector<std::jthread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids, make] { std::generate_n(std::back_inserter(ids), 5000, make); });
  }
  threads.clear();
  return made;
}

bool all_differ(const std::vector<std::vector<Uuid>>& made) {
  std::vector<Uuid> all;
  for (const auto& ids : made) all.insert(all.end(), ids.begin(), ids.end());
  std::sort(all.begin(), all.end());
  return std::adjacent_find(all.begin(), all.end()) == all.end();
}

std::int64_t milliseconds_of(const Uuid& id) {
  std::int64_t milliseconds = 0;
  for (int i = 0; i < 6; ++i) milliseconds = milliseconds * 256 + id.data[i];
  return milliseconds;
}

std::int64_t now_in_milliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(uuids)

BOOST_AUTO_TEST_CASE(a_value_initialized_uuid_is_nil) {
  BOOST_TEST(Uuid{}.is_nil());
  BOOST_TEST(uuid_text(Uuid{}) == "00000000-0000-0000-0000-000000000000");
  BOOST_TEST((parse_uuid("00000000-0000-0000-0000-000000000000") == Uuid{}));
}

BOOST_AUTO_TEST_CASE(what_is_printed_is_read_back) {
  const auto id = parse_uuid(an_id);
  BOOST_REQUIRE(id.has_value());
  BOOST_TEST(uuid_text(*id) == an_id);
  BOOST_TEST(boost::uuids::to_string(*id) == an_id);
  std::string text = "id=";
  append_uuid(text, *id);
  BOOST_TEST(text == "id=" + an_id);
  for (int i = 0; i < 1000; ++i) {
    const Uuid random = new_uuid();
    BOOST_TEST((parse_uuid(uuid_text(random)) == random));
  }
}

BOOST_AUTO_TEST_CASE(digits_of_either_case_are_read) {
  std::string upper = an_id;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  BOOST_TEST((parse_uuid(upper) == parse_uuid(an_id)));
}

BOOST_AUTO_TEST_CASE(only_the_canonical_form_is_read) {
  std::string without_hyphens = an_id;
  std::erase(without_hyphens, '-');
  for (const std::string& bad :
       {std::string{}, without_hyphens, "{" + an_id + "}", an_id + " ", " " + an_id.substr(1), an_id.substr(0, 35),
        "urn:uuid:" + an_id, std::string(36, '-'), std::string(36, 'a')}) {
    BOOST_TEST(!parse_uuid(bad).has_value(), "'" << bad << "' should be refused");
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_character_anywhere_is_refused) {
  for (std::size_t position = 0; position < an_id.size(); ++position) {
    for (int c = 0; c < 256; ++c) {
      std::string text = an_id;
      text[position] = static_cast<char>(c);
      const bool hyphen = an_id[position] == '-';
      const bool digit = std::string{"0123456789abcdefABCDEF"}.find(static_cast<char>(c)) != std::string::npos;
      BOOST_TEST(parse_uuid(text).has_value() == (hyphen ? c == '-' : digit), "character " << c << " at " << position);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_random_uuid_says_that_it_is_one) {
  for (int i = 0; i < 100; ++i) {
    const Uuid id = new_uuid();
    BOOST_TEST((id.version() == Uuid::version_random_number_based));
    BOOST_TEST((id.variant() == Uuid::variant_rfc_4122));
  }
}

BOOST_AUTO_TEST_CASE(threads_never_make_the_same_uuid) {
  BOOST_TEST(all_differ(make_in_threads(&new_uuid)));
  BOOST_TEST(all_differ(make_in_threads(&new_ordered_uuid)));
}

BOOST_AUTO_TEST_CASE(a_forked_process_makes_other_uuids_than_its_parent) {
  static_cast<void>(new_uuid());
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const Uuid id = new_uuid();
    const bool written = write(ends[1], id.data, sizeof id.data) == static_cast<ssize_t>(sizeof id.data);
    _exit(written ? 0 : 1);
  }
  const Uuid mine = new_uuid();
  Uuid theirs{};
  BOOST_TEST(read(ends[0], theirs.data, sizeof theirs.data) == static_cast<ssize_t>(sizeof theirs.data));
  int status = -1;
  BOOST_TEST(waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  close(ends[0]);
  close(ends[1]);
  BOOST_TEST((mine != theirs));
}

BOOST_AUTO_TEST_CASE(ordered_uuids_increase_strictly_within_each_thread) {
  for (const auto& ids : make_in_threads(&new_ordered_uuid)) {
    const auto not_less = [](const Uuid& left, const Uuid& right) { return !(left < right); };
    BOOST_TEST((std::adjacent_find(ids.begin(), ids.end(), not_less) == ids.end()));
    BOOST_TEST(uuid_text(ids.front()) < uuid_text(ids.back()));
  }
}

BOOST_AUTO_TEST_CASE(an_ordered_uuid_carries_its_version_and_the_time) {
  const auto before = now_in_milliseconds();
  const Uuid id = new_ordered_uuid();
  const auto after = now_in_milliseconds();
  BOOST_TEST((id.data[6] >> 4) == 7);
  BOOST_TEST((id.variant() == Uuid::variant_rfc_4122));
  BOOST_TEST(milliseconds_of(id) >= before);
  BOOST_TEST(milliseconds_of(id) <= after + 1000);  // many made at once run ahead of the clock
}

BOOST_AUTO_TEST_SUITE_END()
