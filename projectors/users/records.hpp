#pragma once
// The rows of the users' views.

#include "seriatim/views.hpp"

namespace users {

/// One row a user, the destroyed ones included: live users are those that are not `deleted`.
struct UserRecord {
  static constexpr std::string_view table = "user_records";
  seriatim::Uuid aggregate_id{};
  std::string name;
  std::string email;
  seriatim::Secret password_digest;
  bool deleted = false;
  seriatim::Timestamp created_at{};
  seriatim::Timestamp updated_at{};
};
BOOST_DESCRIBE_STRUCT(UserRecord, (), (aggregate_id, name, email, password_digest, deleted, created_at, updated_at))

}  // namespace users
