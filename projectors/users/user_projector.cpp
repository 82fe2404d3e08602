#include "user_projector.hpp"

namespace users {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::set;
using seriatim::Views;

void UserProjector::on(const Event<UserCreated>& e, Views& views) const {
  views.create(
      UserRecord{e.aggregate_id, e->name, e->email, e->password_digest, false, e.created_at, e.created_at});
}

void UserProjector::on(const Event<UserEmailChanged>& e, Views& views) const {
  views.update_one<UserRecord>(by_aggregate(e), {set(&UserRecord::email, e->email)});
}

void UserProjector::on(const Event<UserDestroyed>& e, Views& views) const {
  views.update_one<UserRecord>(by_aggregate(e), {set(&UserRecord::deleted, true)});
}

}  // namespace users
