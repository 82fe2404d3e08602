// What docs/keys.md shows.

#include "seriatim/seriatim.hpp"

namespace guides::keys {

std::string lower(std::string text);

struct UserRegistered {
  static constexpr std::string_view type_name = "Keys::UserRegistered";
  std::string email;
  std::string region;
};
BOOST_DESCRIBE_STRUCT(UserRegistered, (), (email, region))

class User : public seriatim::AggregateRoot<User> {
 public:
  static constexpr std::string_view type_name = "Keys::User";
  using Events = seriatim::types<UserRegistered>;
  struct State {
    std::string email;
    std::string region;
    std::string site;
    std::optional<std::int32_t> badge;
  };
  using AggregateRoot::AggregateRoot;

  static seriatim::UniqueKeys unique_keys(const State& s) {
    return {{"user_email", {{"email", lower(s.email)}}}, {"badge", {{"site", s.site}, {"number", s.badge}}}};
  }

  static std::string partition_key(const State& s) { return s.region; }

  static void on(State& s, const UserRegistered& e) {
    s.email = e.email;
    s.region = e.region;
  }
};
BOOST_DESCRIBE_STRUCT(User::State, (), (email, region, site, badge))

struct SignIn : seriatim::Command {
  static constexpr std::string_view type_name = "Keys::SignIn";
  std::string email;
};
BOOST_DESCRIBE_STRUCT(SignIn, (seriatim::Command), (email))

bool is_known(const SignIn& command, seriatim::Repository& repository) {
  User* user = repository.find_by_unique_key<User>("user_email", {{"email", lower(command.email)}});
  return user != nullptr;
}

}  // namespace guides::keys
