// The seeds of the fuzzers and what the fuzzers found, decoded at every run of the tests. See tools/fuzz.

#include <boost/test/unit_test.hpp>

#include "../fuzz/decoding.cpp"
#include "document.hpp"

namespace {

using namespace seriatim::testing;

void decode_all(const std::string& kind, void (*decode)(std::string_view)) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{source_directory / "tests/fuzz/corpus" / kind}) {
    BOOST_TEST_CONTEXT(entry.path()) { BOOST_CHECK_NO_THROW(decode(text_of(entry.path()))); }
    ++files;
  }
  BOOST_TEST(files > 5);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_corpus)

BOOST_AUTO_TEST_CASE(commands_of_the_corpus_are_decoded_without_a_surprise) { decode_all("commands", fuzz::decode_command); }

BOOST_AUTO_TEST_CASE(events_of_the_corpus_are_decoded_without_a_surprise) { decode_all("events", fuzz::decode_event); }

BOOST_AUTO_TEST_SUITE_END()
