// Behaviour 4.9 and find_by_unique_key of 4.5: keys that no two aggregates have in common.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <random>

#include "store/postgres/connection.hpp"
#include "support/accounts_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using accounts::Company;
using accounts::Note;
using accounts::User;

namespace {

constexpr const char* emails = "select key->>'email' from sequent_schema.aggregate_unique_keys where scope = 'email' "
                               "order by 1";

struct Fixture : AccountsStore {
  /// The refusal of what must be refused for a key.
  AggregateKeyNotUnique::Refusal refusal_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const AggregateKeyNotUnique& error) {
      message = error.what();
      BOOST_TEST((error.code() == ErrorCode::aggregate_key_not_unique));
      BOOST_TEST(!error.retryable());
      return error.refusal();
    }
    throw std::logic_error{"nothing was refused"};
  }
  ErrorCode code_of(const accounts::Deed& deed) {
    try {
      act(deed);
    } catch (const Error& error) {
      message = error.what();
      return error.code();
    }
    throw std::logic_error{"nothing was thrown"};
  }
  [[nodiscard]] std::string holder_of(const std::string& email) const {
    return value("select aggregate_id from sequent_schema.aggregate_unique_keys where scope = 'email' and key = "
                 "jsonb_build_object('email', '" + email + "')");
  }
  UniqueKeysResult recompute(const std::optional<std::string>& type = {}) {
    return app->key_maintenance()->recompute_unique_keys(type, {}, {});
  }

  std::string message;
};

UniqueKey email(std::string_view address) { return {{"email", address}}; }

/// What the commands of several threads came to.
struct Tally {
  std::atomic<int> done{0};
  std::atomic<int> refused{0};
  std::atomic<int> conflicts{0};
  std::atomic<int> others{0};

  /// A key was taken, and free again when it was looked by whom. The other transient errors are the database's own.
  static bool freed(const Error& error) {
    return error.code() == ErrorCode::transient && dynamic_cast<const postgres::DatabaseError*>(&error) == nullptr;
  }

  template <class Call>
  void count(Call&& call) {
    try {
      call();
      ++done;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::aggregate_key_not_unique) {
        ++refused;
      } else if (error.code() == ErrorCode::optimistic_locking || freed(error)) {
        ++conflicts;
      } else {
        ++others;
        // Boost.Test's macros are not thread-safe.
        std::fprintf(stderr, "unexpected: %s\n", error.what());
      }
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unique_keys, Fixture)

BOOST_AUTO_TEST_CASE(a_taken_key_is_refused_naming_type_id_scope_and_key) {
  const AggregateId ann = register_user("Ann@example.org");
  const AggregateId other = new_uuid();
  const auto refused = refusal_of([&] { act([&](Repository& r) { r.add<User>(other, "ANN@example.org"); }); });
  BOOST_TEST(refused.aggregate_type == "Accounts::User");
  BOOST_TEST(uuid_text(refused.aggregate_id) == uuid_text(other));
  BOOST_TEST(refused.scope == "email");
  BOOST_TEST(refused.key == R"({"email": "ann@example.org"})");
  BOOST_TEST((refused.holder == ann));
  for (const std::string& part : {uuid_text(other), uuid_text(ann), std::string{"Accounts::User"}, refused.key}) {
    BOOST_TEST(message.find(part) != std::string::npos, message);
  }
}

BOOST_AUTO_TEST_CASE(a_refused_key_stores_nothing_and_the_next_call_works) {
  register_user("a@x");
  const std::string before = value("select count(*) from sequent_schema.events");
  for (int i = 0; i < 3; ++i) refusal_of([&] { register_user("a@x", "eu"); });
  BOOST_TEST(value("select count(*) from sequent_schema.events") == before);
  BOOST_TEST(value("select count(*) from sequent_schema.aggregates") == "1");
  BOOST_TEST(value("select count(*) from view_schema.user_records") == "1");
  register_user("b@x");
  BOOST_TEST(value(emails) == "a@x|b@x");
}

BOOST_AUTO_TEST_CASE(a_refused_key_is_recognized_after_other_commands_on_the_same_connection) {
  // The statements of the projector are prepared by now, that about keys is not.
  act([&](Repository& r) { r.add<User>(new_uuid(), ""); });
  const AggregateId a = register_user("");
  relocate(a, "eu");
  run_sql("insert into sequent_schema.aggregate_unique_keys values (gen_random_uuid(), 'email', '{\"email\": \"a@x\"}')");
  refusal_of([&] { register_user("a@x"); });
  relocate(a, "us");
  refusal_of([&] { register_user("a@x"); });
}

BOOST_AUTO_TEST_CASE(aggregates_of_all_types_share_a_scope) {
  register_user("a@x");
  const auto refused = refusal_of([&] { act([&](Repository& r) { r.add<Company>(new_uuid(), "A@x"); }); });
  BOOST_TEST(refused.aggregate_type == "Accounts::Company");
}

BOOST_AUTO_TEST_CASE(a_key_moves_with_its_attribute) {
  const AggregateId a = register_user("a@x");
  act([&](Repository& r) { r.load<User>(a).change_email("b@x"); });
  BOOST_TEST(value(emails) == "b@x");
  register_user("a@x");
  BOOST_TEST(value(emails) == "a@x|b@x");
  refusal_of([&] { register_user("b@x"); });
}

BOOST_AUTO_TEST_CASE(keys_whose_values_are_all_absent_are_none) {
  const AggregateId a = register_user("");
  register_user("");
  BOOST_TEST(value("select count(*) from sequent_schema.aggregate_unique_keys") == "0");
  act([&](Repository& r) { r.load<User>(a).give_badge(7); });
  BOOST_TEST(value("select scope, key from sequent_schema.aggregate_unique_keys") == R"(badge {"number": 7})");
  act([&](Repository& r) { r.load<User>(a).give_badge({}); });
  BOOST_TEST(value("select count(*) from sequent_schema.aggregate_unique_keys") == "0");
}

BOOST_AUTO_TEST_CASE(two_aggregates_swap_keys_in_one_command) {
  const AggregateId a = register_user("a@x");
  const AggregateId b = register_user("b@x");
  act([&](Repository& r) {
    r.load<User>(a).change_email("b@x");
    r.load<User>(b).change_email("a@x");
  });
  BOOST_TEST(holder_of("a@x") == uuid_text(b));
  BOOST_TEST(holder_of("b@x") == uuid_text(a));
}

BOOST_AUTO_TEST_CASE(aggregates_swap_keys_across_the_commands_of_one_call) {
  const AggregateId a = register_user("a@x");
  const AggregateId b = register_user("b@x");
  const AggregateId c = register_user("c@x");
  act({[&](Repository& r) { r.load<User>(a).change_email("b@x"); }, [&](Repository& r) { r.load<User>(b).change_email("c@x"); },
       [&](Repository& r) { r.load<User>(c).change_email("a@x"); }});
  BOOST_TEST(holder_of("a@x") == uuid_text(c));
  BOOST_TEST(holder_of("b@x") == uuid_text(a));
  BOOST_TEST(holder_of("c@x") == uuid_text(b));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_given_up_can_be_taken_in_the_same_transaction) {
  const AggregateId a = register_user("a@x");
  const AggregateId b = new_uuid();
  act({[&](Repository& r) { r.add<User>(b, "a@x"); }, [&](Repository& r) { r.load<User>(a).change_email("z@x"); }});
  BOOST_TEST(holder_of("a@x") == uuid_text(b));
  BOOST_TEST(holder_of("z@x") == uuid_text(a));
}

BOOST_AUTO_TEST_CASE(two_new_aggregates_of_one_transaction_cannot_have_one_key) {
  const AggregateId a = new_uuid();
  const AggregateId b = new_uuid();
  const auto refused = refusal_of([&] {
    act({[&](Repository& r) { r.add<User>(a, "a@x"); }, [&](Repository& r) { r.add<Company>(b, "a@x"); }});
  });
  BOOST_TEST((refused.aggregate_id == std::max(a, b)));
  BOOST_TEST((refused.holder == std::min(a, b)));
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(a_command_that_changes_no_key_writes_none) {
  const AggregateId a = register_user("a@x");
  const std::string row = "select xmin, ctid from sequent_schema.aggregate_unique_keys";
  const std::string before = value(row);
  relocate(a, "eu");
  act([&](Repository& r) { r.load<User>(a).change_email("A@X"); });
  act([&](Repository& r) {
    r.load<User>(a).change_email("b@x");
    r.load<User>(a).change_email("a@x");
  });
  BOOST_TEST(value(row) == before);
}

BOOST_AUTO_TEST_CASE(an_aggregate_that_is_added_without_events_has_no_key) {
  act([&](Repository& r) {
    r.add<User>(new_uuid(), "a@x");
    r.add<Note>(new_uuid(), false);
  });
  BOOST_TEST(value("select count(*) from sequent_schema.aggregates") == "1");
  BOOST_TEST(value(emails) == "a@x");
}

BOOST_AUTO_TEST_CASE(of_eight_threads_that_register_one_email_exactly_one_wins) {
  for (int round = 0; round < 25; ++round) {
    const std::string address = std::to_string(round) + "@x";
    Tally tally;
    run_at_once(8, [&](int) { tally.count([&] { register_user(address); }); });
    BOOST_TEST(tally.done == 1);
    BOOST_TEST(tally.refused == 7);
  }
  BOOST_TEST(value("select count(*) from sequent_schema.aggregates") == "25");
}

BOOST_AUTO_TEST_CASE(writers_that_exchange_keys_in_any_order_never_deadlock) {
  constexpr unsigned seed = 20261121;
  BOOST_TEST_MESSAGE("seed " << seed);
  std::vector<AggregateId> users;
  for (int i = 0; i < 6; ++i) users.push_back(register_user(std::to_string(i) + "@x"));
  for (int thread = 0; thread < 8; ++thread) {
    // Half of the time two users swap, otherwise one wants an address that may be taken.
    (*deeds)["exchange " + std::to_string(thread)] = [&, random = std::mt19937{seed + static_cast<unsigned>(thread)}](
                                                         Repository& r) mutable {
      User& a = r.load<User>(users[random() % users.size()]);
      if (random() % 2 == 0) {
        User& b = r.load<User>(users[random() % users.size()]);
        const std::string old = a.email();
        a.change_email(b.email());
        if (&a != &b) b.change_email(old);
      } else {
        a.change_email(std::to_string(random() % 9) + "@x");
      }
    };
  }
  Tally tally;
  run_at_once(8, [&](int thread) {
    for (int i = 0; i < 150; ++i) {
      tally.count([&] { app->commands().execute(command("exchange " + std::to_string(thread))); });
    }
  });
  BOOST_TEST_MESSAGE(tally.done << " done, " << tally.refused << " refused, " << tally.conflicts << " conflicts");
  BOOST_TEST(tally.others == 0);
  BOOST_TEST(tally.done > 0);
  BOOST_TEST(tally.refused > 0);
  // The stored keys are those of the rows that the same events made.
  BOOST_TEST(value("select count(*) from view_schema.user_records u full join sequent_schema.aggregate_unique_keys k "
                   "using (aggregate_id) where u.email is distinct from k.key->>'email'") == "0");
}

BOOST_AUTO_TEST_CASE(an_aggregate_is_found_by_its_key) {
  const AggregateId a = register_user("a@x");
  act([&](Repository& r) {
    User* found = r.find_by_unique_key<User>("email", email("a@x"));
    BOOST_REQUIRE(found != nullptr);
    BOOST_TEST((found->id() == a));
    BOOST_TEST(found == &r.load<User>(a));
    BOOST_TEST(r.find_by_unique_key<User>("email", email("b@x")) == nullptr);
    BOOST_TEST(r.find_by_unique_key<User>("badge", email("a@x")) == nullptr);
    BOOST_TEST(r.find_by_unique_key<User>("email", email("")) == nullptr);
    BOOST_TEST(r.find_by_unique_key<User>("{key}", email("o'{scope}\\")) == nullptr);
  });
}

BOOST_AUTO_TEST_CASE(finding_by_key_sees_what_the_same_transaction_changed_and_added) {
  const AggregateId a = register_user("a@x");
  const AggregateId b = new_uuid();
  act({[&](Repository& r) { r.load<User>(a).change_email("z@x"); }, [&](Repository& r) { r.add<User>(b, "b@x"); },
       [&](Repository& r) {
         BOOST_TEST(r.find_by_unique_key<User>("email", email("a@x")) == nullptr);
         BOOST_TEST(r.find_by_unique_key<User>("email", email("z@x")) == &r.load<User>(a));
         BOOST_TEST(r.find_by_unique_key<User>("email", email("b@x")) == &r.load<User>(b));
       }});
}

BOOST_AUTO_TEST_CASE(what_is_found_by_key_can_be_changed) {
  register_user("a@x");
  act([&](Repository& r) { r.find_by_unique_key<User>("email", email("a@x"))->change_email("b@x"); });
  BOOST_TEST(value(emails) == "b@x");
}

BOOST_AUTO_TEST_CASE(a_key_of_another_type_is_an_error_because_it_is_taken) {
  const AggregateId company = new_uuid();
  act([&](Repository& r) { r.add<Company>(company, "c@x"); });
  BOOST_TEST((code_of([&](Repository& r) { (void)r.find_by_unique_key<User>("email", email("c@x")); }) ==
              ErrorCode::aggregate_type));
  BOOST_TEST(message.find("Accounts::Company") != std::string::npos, message);
  BOOST_TEST((code_of([&](Repository& r) {
                (void)r.load<Company>(company);
                (void)r.find_by_unique_key<User>("email", email("c@x"));
              }) == ErrorCode::aggregate_type));
}

BOOST_AUTO_TEST_CASE(looking_for_a_type_without_keys_by_key_is_refused) {
  BOOST_TEST((code_of([&](Repository& r) { (void)r.find_by_unique_key<Note>("email", email("a@x")); }) ==
              ErrorCode::usage));
}

// As a store is whose domain declared its keys later.
struct Undeclared : Fixture {
  void forget_keys() const { run_sql("delete from sequent_schema.aggregate_unique_keys"); }
};

BOOST_FIXTURE_TEST_CASE(recomputing_stores_keys_that_were_declared_later, Undeclared) {
  for (int i = 0; i < 230; ++i) register_user(std::to_string(i) + "@x");
  act([&](Repository& r) { r.add<Company>(new_uuid(), "c@x"); });
  forget_keys();
  const UniqueKeysResult users = recompute("Accounts::User");
  BOOST_TEST(users.aggregates == 230);
  BOOST_TEST(users.changed == 230);
  BOOST_TEST(users.conflicts.empty());
  const UniqueKeysResult all = recompute();
  BOOST_TEST(all.aggregates == 231);
  BOOST_TEST(all.changed == 1);
  BOOST_TEST(value("select count(*) from view_schema.user_records u join sequent_schema.aggregate_unique_keys k using "
                   "(aggregate_id) where u.email = k.key->>'email'") == "230");
  BOOST_TEST(recompute().changed == 0);
}

BOOST_FIXTURE_TEST_CASE(recomputing_names_conflicts_and_goes_on, Undeclared) {
  const AggregateId a = register_user("a@x");
  forget_keys();
  const AggregateId b = register_user("a@x");
  forget_keys();
  for (int i = 0; i < 5; ++i) register_user(std::to_string(i) + "@x");
  const UniqueKeysResult result = recompute();
  BOOST_TEST(result.changed == 1);
  BOOST_REQUIRE(result.conflicts.size() == 1U);
  BOOST_TEST((result.conflicts.front().aggregate_id == std::max(a, b)));
  BOOST_TEST((result.conflicts.front().holder == std::min(a, b)));
  BOOST_TEST(result.conflicts.front().scope == "email");
  BOOST_TEST(value(emails) == "0@x|1@x|2@x|3@x|4@x|a@x");
}

BOOST_FIXTURE_TEST_CASE(recomputing_puts_keys_right_that_are_stored_for_the_wrong_aggregates, Undeclared) {
  for (int i = 0; i < 150; ++i) register_user(std::to_string(i) + "@x");
  // Each has the key of the next one, across the blocks too; and a scope is stored that nobody declares.
  run_sql("with wrong as (delete from sequent_schema.aggregate_unique_keys returning aggregate_id, key) "
          "insert into sequent_schema.aggregate_unique_keys select lead(aggregate_id, 1, (select min(aggregate_id::text)::uuid "
          "from wrong)) over (order by aggregate_id), 'email', key from wrong "
          "union all select aggregate_id, 'gone', key from wrong");
  const UniqueKeysResult result = recompute();
  BOOST_TEST(result.conflicts.empty());
  BOOST_TEST(value("select count(*) from view_schema.user_records u join sequent_schema.aggregate_unique_keys k using "
                   "(aggregate_id) where u.email = k.key->>'email' and k.scope = 'email'") == "150");
  BOOST_TEST(value("select count(*) from sequent_schema.aggregate_unique_keys") == "150");
}

BOOST_FIXTURE_TEST_CASE(a_type_that_declares_no_keys_any_more_loses_them_when_it_is_named, Undeclared) {
  const AggregateId note = new_uuid();
  act([&](Repository& r) { r.add<Note>(note, true); });
  run_sql("insert into sequent_schema.aggregate_unique_keys values ('" + uuid_text(note) + "', 'note', '{\"a\": 1}')");
  BOOST_TEST(recompute().changed == 0);
  BOOST_TEST(recompute("Accounts::Note").changed == 1);
  BOOST_TEST(value("select count(*) from sequent_schema.aggregate_unique_keys") == "0");
}

BOOST_FIXTURE_TEST_CASE(recomputing_beside_writers_leaves_the_keys_of_the_last_states, Undeclared) {
  constexpr unsigned seed = 411;
  BOOST_TEST_MESSAGE("seed " << seed);
  std::vector<AggregateId> users;
  for (int i = 0; i < 40; ++i) users.push_back(register_user(std::to_string(i) + "@x"));
  for (int thread = 0; thread < 4; ++thread) {
    (*deeds)["change " + std::to_string(thread)] = [&, random = std::mt19937{seed + static_cast<unsigned>(thread)}](
                                                       Repository& r) mutable {
      r.load<User>(users[random() % users.size()]).change_email(std::to_string(random() % 100) + "@x");
    };
  }
  Tally tally;
  std::atomic<int> writing{4};
  run_at_once(5, [&](int thread) {
    if (thread == 4) {
      while (writing > 0) tally.count([&] { recompute(); });
      return;
    }
    for (int i = 0; i < 100; ++i) {
      tally.count([&] { app->commands().execute(command("change " + std::to_string(thread))); });
    }
    --writing;
  });
  BOOST_TEST(tally.others == 0);
  BOOST_TEST(value("select count(*) from view_schema.user_records u full join sequent_schema.aggregate_unique_keys k "
                   "using (aggregate_id) where u.email is distinct from k.key->>'email'") == "0");
  BOOST_TEST(recompute().changed == 0);
}

BOOST_AUTO_TEST_CASE(recomputing_an_unknown_type_is_refused) {
  try {
    recompute("Accounts::Nobody");
    BOOST_TEST(false);
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ErrorCode::usage));
    BOOST_TEST(std::string{error.what()}.find("Accounts::Nobody") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(recomputing_reports_its_progress_and_can_be_cancelled) {
  for (int i = 0; i < 120; ++i) register_user(std::to_string(i) + "@x");
  std::vector<std::int64_t> done;
  const auto report = [&](const MigrationProgress& progress) {
    BOOST_TEST(progress.total == 120);
    done.push_back(progress.done);
  };
  try {
    app->key_maintenance()->recompute_unique_keys("Accounts::User", report, [] { return true; });
    BOOST_TEST(false);
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ErrorCode::migration));
  }
  BOOST_TEST(done == (std::vector<std::int64_t>{0, 100}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
