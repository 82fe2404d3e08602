#include "seriatim/secret.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <thread>

#include "seriatim/json.hpp"

using seriatim::Secret;

namespace secret_test {

struct Account {
  std::string name;
  Secret password;
  std::optional<Secret> pin;
  std::vector<Secret> answers;
};
BOOST_DESCRIBE_STRUCT(Account, (), (name, password, pin, answers))

const std::string clear = "correct horse";

/// The clear text, "" when there is none.
std::string clear_text_of(const Secret& secret) {
  std::string seen;
  secret.inspect([&](std::string_view text) { seen = text; });
  return seen;
}

Secret hashed(std::string_view text) {
  Secret secret{text};
  secret.hash(Secret::min_cost);
  return secret;
}

}  // namespace secret_test

using namespace secret_test;

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(a_hashed_secret_verifies_its_clear_text_and_no_other) {
  const Secret secret = hashed(clear);
  BOOST_TEST(secret.hashed());
  BOOST_TEST(secret.verify(clear));
  for (const std::string& other : {std::string{}, std::string{"correct hors"}, clear + " ", clear + std::string(1, '\0')}) {
    BOOST_TEST(!secret.verify(other));
  }
  BOOST_TEST(!secret.verify(secret.digest()));
}

BOOST_AUTO_TEST_CASE(hashing_happens_once_with_a_salt_of_its_own_and_the_cost_asked_for) {
  const Secret secret = hashed(clear);
  const std::string digest = secret.digest();
  BOOST_TEST(digest.substr(0, 7) == "$2b$04$");
  BOOST_TEST(digest.size() == 60U);
  secret.hash(5);
  BOOST_TEST(secret.digest() == digest);
  BOOST_TEST(hashed(clear).digest() != digest);
  for (const int cost : {3, 32}) BOOST_CHECK_THROW(Secret{clear}.hash(cost), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(a_digest_of_another_program_is_verified) {
  // From the test vectors of the reference implementation, crypt_blowfish.
  const auto secret = Secret::from_digest("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
  BOOST_REQUIRE(secret.has_value());
  BOOST_TEST(secret->verify("U*U"));
  BOOST_TEST(!secret->verify("U*V"));
}

BOOST_AUTO_TEST_CASE(what_is_no_bcrypt_digest_is_not_taken_for_one) {
  const std::string digest = hashed(clear).digest();
  for (const std::string& text : {std::string{}, clear, digest.substr(1), digest + "a", "$1b" + digest.substr(3),
                                  digest.substr(0, 59) + "'"}) {
    BOOST_TEST(!Secret::from_digest(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(copies_are_one_secret_so_that_none_keeps_the_clear_text) {
  const Secret first{clear};
  const Secret copy = first;
  copy.hash(Secret::min_cost);
  BOOST_TEST(first.hashed());
  BOOST_TEST(clear_text_of(first) == "");
  const Secret third{clear};
  const Secret fourth = third;
  fourth.wipe();
  BOOST_TEST(third.empty());
  BOOST_TEST(!third.verify(clear));
}

BOOST_AUTO_TEST_CASE(wiping_forgets_a_clear_text_and_keeps_a_digest) {
  const Secret secret = hashed(clear);
  secret.wipe();
  BOOST_TEST(secret.verify(clear));
}

BOOST_AUTO_TEST_CASE(an_empty_secret_verifies_nothing) {
  const Secret secret{""};
  BOOST_TEST(secret.empty());
  BOOST_TEST(!secret.verify(""));
  secret.hash(Secret::min_cost);
  BOOST_TEST(secret.empty());
}

BOOST_AUTO_TEST_CASE(what_bcrypt_would_cut_off_is_refused) {
  const std::string longest(Secret::max_bytes, 'x');
  const Secret secret = hashed(longest);
  BOOST_TEST(secret.verify(longest));
  BOOST_TEST(!secret.verify(longest + "y"));
  BOOST_CHECK_THROW(Secret{longest + "y"}.hash(4), seriatim::Error);
  BOOST_CHECK_THROW((Secret{std::string{"a\0b", 3}}.hash(4)), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(a_secret_is_never_printed_and_never_written_in_clear) {
  Account account{"Ann", Secret{clear}, Secret{clear}, {Secret{clear}}};
  std::ostringstream out;
  out << account.password << seriatim::describe(account);
  out << seriatim::to_json(account, {.redact_secrets = true});
  for (const seriatim::Difference& d : seriatim::differences(account, Account{})) out << d.before << d.after;
  try {
    out << seriatim::to_json(account);
    BOOST_ERROR("a clear text was written");
  } catch (const seriatim::Error& error) {
    BOOST_TEST((error.code() == seriatim::ErrorCode::serialization));
    out << error.what();
  }
  BOOST_TEST(out.str().find("horse") == std::string::npos, out.str());
  BOOST_TEST(out.str().find("(secret)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_digest_is_written_and_reads_back_as_a_hashed_secret) {
  const Account account{"Ann", hashed(clear), std::nullopt, {hashed("a"), hashed("b")}};
  const auto back = seriatim::from_json<Account>(seriatim::to_json(account));
  BOOST_TEST(back.password.hashed());
  BOOST_TEST(back.password.verify(clear));
  BOOST_TEST(back.answers.at(1).verify("b"));
  BOOST_TEST(seriatim::same_attributes(account, back));
  BOOST_TEST(seriatim::from_json<Account>(seriatim::to_json(Account{})).password.empty());
}

BOOST_AUTO_TEST_CASE(an_optional_secret_that_is_there_and_empty_survives_a_round_trip) {
  Account account;
  account.pin = Secret{};
  const std::string json = seriatim::to_json(account);
  BOOST_TEST(seriatim::from_json<Account>(json).pin.has_value(), json);
  BOOST_TEST(!seriatim::from_json<Account>(seriatim::to_json(Account{})).pin.has_value());
}

BOOST_AUTO_TEST_CASE(stored_json_with_a_clear_text_is_refused_without_repeating_it) {
  BOOST_CHECK_EXCEPTION((void)seriatim::from_json<Account>(R"({"password":")" + clear + "\"}"), seriatim::Error,
                        [](const seriatim::Error& error) {
                          const std::string text = error.what();
                          return text.find("password is not a bcrypt digest") != std::string::npos &&
                                 text.find("horse") == std::string::npos;
                        });
}

BOOST_AUTO_TEST_CASE(a_digest_that_somebody_enters_is_a_clear_text_like_any_other) {
  const std::string digest = hashed(clear).digest();
  const auto entered = seriatim::from_json<Account>(R"({"password":")" + digest + "\"}", {.user_input = true});
  BOOST_TEST(!entered.password.hashed());
  BOOST_TEST(clear_text_of(entered.password) == digest);
}

BOOST_AUTO_TEST_CASE(secrets_are_equal_by_digest_or_by_clear_text) {
  const Secret secret = hashed(clear);
  BOOST_TEST((secret == Secret::from_digest(secret.digest()).value()));
  BOOST_TEST((Secret{"a"} == Secret{"a"}));
  BOOST_TEST((Secret{"a"} != Secret{"b"}));
  BOOST_TEST((secret != Secret{clear}));
  BOOST_TEST((Secret{} == Secret{""}));
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_secret_hash_it_once) {
  const Secret secret{clear};
  std::vector<std::string> digests(4);
  std::vector<std::thread> threads;
  for (std::string& digest : digests) {
    threads.emplace_back([&digest, copy = secret] {
      copy.hash(Secret::min_cost);
      digest = copy.digest();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& digest : digests) BOOST_TEST(digest == secret.digest());
}

BOOST_AUTO_TEST_SUITE_END()
