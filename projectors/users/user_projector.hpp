#pragma once
// Keeps one row a user.

#include "../../domain/users/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace users {

struct UserProjector {
  static constexpr std::string_view type_name = "UserProjector";
  using Manages = seriatim::records<UserRecord>;
  using Events = seriatim::types<UserCreated, UserEmailChanged, UserDestroyed>;

  void on(const seriatim::Event<UserCreated>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<UserEmailChanged>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<UserDestroyed>& e, seriatim::Views& views) const;
};

}  // namespace users
