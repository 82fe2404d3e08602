// Behaviour 3.4: filters and middleware.
#include <boost/test/unit_test.hpp>

#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Book;
using shelf::BookAdded;

namespace {

struct Fixture : ShelfStore {
  /// A layer that writes down when it is entered and left, and how.
  CommandMiddleware layer(const std::string& name) {
    return [this, name](const AnyCommand& command, const std::function<void()>& next) {
      trace += name + "(";
      try {
        next();
      } catch (const Error& error) {
        trace += std::string{to_string(error.code())} + "!" + name + ") ";
        throw;
      }
      BOOST_TEST(command.base().created_at.time_since_epoch().count() != 0);
      trace += name + ") ";
    };
  }
  CommandFilter filter(const std::string& name) {
    return [this, name](AnyCommand&) { trace += name + " "; };
  }
  Act adding(const AggregateId& id) {
    return command(id, [this, id](Repository& books) {
      trace += "handler ";
      books.add<Book>(id, BookAdded{"A", {}, {}, {}, {}});
    });
  }

  Execution execution;
  std::string trace;
  AggregateId a = new_uuid();
  AggregateId b = new_uuid();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(middleware, Fixture)

BOOST_AUTO_TEST_CASE(filters_see_a_command_in_their_order_and_before_validation) {
  execution.filters = {filter("first"), filter("second")};
  open(execution);
  BOOST_CHECK_THROW(app->commands().execute(adding({})), CommandNotValid);
  BOOST_TEST(trace == "first second ");
}

BOOST_AUTO_TEST_CASE(a_filter_refuses_a_command_and_the_whole_call_with_it) {
  execution.filters = {[&](AnyCommand& command) {
    if (command.base().aggregate_id == b) throw DomainError{"forbidden", "nobody may touch it"};
  }};
  execution.middleware = {layer("m")};
  open(execution);
  BOOST_CHECK_THROW(app->commands().execute(adding(a), adding(b)), DomainError);
  BOOST_TEST(trace == "m(handler m) ");
  BOOST_TEST(events() == "0");
  app->commands().execute(adding(a));
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(a_filter_may_say_who_asks) {
  const Uuid user = new_uuid();
  execution.filters = {[&](AnyCommand& command) { command.base().user_id = user; }};
  open(execution);
  app->commands().execute(adding(a));
  BOOST_TEST(value("select user_id from sequent_schema.commands order by id desc limit 1") == uuid_text(user));
}

BOOST_AUTO_TEST_CASE(middleware_wraps_each_command_once_and_the_first_is_the_outermost) {
  execution.middleware = {layer("outer"), layer("inner")};
  open(execution);
  app->commands().execute(adding(a), adding(b));
  BOOST_TEST(trace == "outer(inner(handler inner) outer) outer(inner(handler inner) outer) ");
}

BOOST_AUTO_TEST_CASE(filters_and_middleware_see_commands_from_within_handlers_after_those_that_issued_them) {
  execution.filters = {filter("filter")};
  execution.middleware = {layer("m")};
  open(execution);
  app->commands().execute(command(a, [&](Repository& books) {
    trace += "issuing ";
    books.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
    app->commands().execute(adding(b));
  }));
  BOOST_TEST(trace == "filter m(issuing m) filter m(handler m) ");
  BOOST_TEST(events() == "2");
}

BOOST_AUTO_TEST_CASE(middleware_sees_what_validation_and_handlers_throw) {
  execution.middleware = {layer("outer"), layer("inner")};
  open(execution);
  BOOST_CHECK_THROW(app->commands().execute(adding({})), CommandNotValid);
  BOOST_TEST(trace == "outer(inner(command_not_valid!inner) command_not_valid!outer) ");
  trace.clear();
  BOOST_CHECK_THROW(app->commands().execute(command(a, [](Repository&) { throw DomainError{"no", "no"}; })), DomainError);
  BOOST_TEST(trace == "outer(inner(domain!inner) domain!outer) ");
}

BOOST_AUTO_TEST_CASE(what_inner_middleware_threw_fails_the_call_even_when_an_outer_one_swallows_it) {
  const auto swallows = [](const AnyCommand&, const std::function<void()>& next) {
    try {
      next();
    } catch (const Error&) {
      return;
    }
  };
  const auto throws_behind = [](const AnyCommand&, const std::function<void()>& next) {
    next();
    throw DomainError{"no", "behind"};
  };
  const auto throws_before = [](const AnyCommand&, const std::function<void()>&) { throw DomainError{"no", "before"}; };
  for (const CommandMiddleware& inner : {CommandMiddleware{throws_behind}, CommandMiddleware{throws_before}}) {
    execution.middleware = {swallows, inner};
    open(execution);
    BOOST_CHECK_THROW(app->commands().execute(adding(new_uuid())), DomainError);
  }
  BOOST_TEST(events() == "0");
}

BOOST_AUTO_TEST_CASE(what_a_command_threw_fails_the_call_even_when_middleware_swallows_it) {
  execution.middleware = {[](const AnyCommand&, const std::function<void()>& next) {
    try {
      next();
    } catch (const DomainError&) {
      return;
    }
  }};
  open(execution);
  const Act failing = command(a, [&](Repository& books) {
    books.add<Book>(a, BookAdded{"A", {}, {}, {}, {}});
    throw DomainError{"no", "no"};
  });
  const Act touching = command(a, [&](Repository& books) { books.load<Book>(a).lend(1); });
  BOOST_CHECK_THROW(app->commands().execute(failing, touching), DomainError);
  BOOST_TEST(events() == "0");
  app->commands().execute(adding(a));
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(middleware_may_throw_something_else_in_place_of_what_it_saw) {
  execution.middleware = {[](const AnyCommand&, const std::function<void()>& next) {
    try {
      next();
    } catch (const CommandNotValid&) {
      throw DomainError{"nonsense", "that makes no sense"};
    }
  }};
  open(execution);
  BOOST_CHECK_THROW(app->commands().execute(adding({})), DomainError);
}

BOOST_AUTO_TEST_CASE(middleware_that_does_not_go_on_leaves_the_command_undone) {
  execution.middleware = {[](const AnyCommand&, const std::function<void()>&) {}};
  open(execution);
  BOOST_TEST(app->commands().execute(adding(a)).events.empty());
  BOOST_TEST(trace == "");
  BOOST_TEST(events() == "0");
}

BOOST_AUTO_TEST_CASE(middleware_that_goes_on_twice_is_an_error_and_nothing_is_stored) {
  execution.middleware = {[](const AnyCommand&, const std::function<void()>& next) {
    next();
    next();
  }};
  open(execution);
  BOOST_CHECK((thrown_by([&] { app->commands().execute(adding(a)); }).code() == ErrorCode::usage));
  BOOST_TEST(trace == "handler ");
  BOOST_TEST(events() == "0");
}

BOOST_AUTO_TEST_CASE(filters_and_middleware_see_commands_that_no_domain_handles) {
  execution.filters = {filter("filter")};
  execution.middleware = {[&](const AnyCommand& command, const std::function<void()>& next) {
    trace += command.type().name;
    next();
  }};
  Application without{options, {}, execution};
  without.commands().execute(adding(a));
  BOOST_TEST(trace == "filter Shelf::Act");
}

BOOST_AUTO_TEST_SUITE_END()
