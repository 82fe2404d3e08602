#pragma once
// A meeting: scheduled, accepted by those who are invited, and finished or cancelled in the end.

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"
#include "seriatim/errors.hpp"

namespace meetings {

/// Refuses what can be done to scheduled meetings only.
class MeetingNotScheduled : public seriatim::DomainError {
 public:
  MeetingNotScheduled();
};

/// Refuses the acceptance of somebody who is not invited.
class NotInvited : public seriatim::DomainError {
 public:
  explicit NotInvited(std::int32_t user_id);
};

/// Refuses a second acceptance.
class AlreadyAccepted : public seriatim::DomainError {
 public:
  explicit AlreadyAccepted(std::int32_t user_id);
};

class Meeting : public seriatim::AggregateRoot<Meeting> {
 public:
  static constexpr std::string_view type_name = "Meeting::Meeting";
  using Events =
      seriatim::types<MeetingScheduled, MeetingRescheduled, MeetingAccepted, MeetingFinished, MeetingCancelled>;
  struct State {
    bool scheduled = false;
    seriatim::Timestamp time{};
    std::vector<std::int32_t> invitee_ids;
    std::vector<std::int32_t> accepted_ids;
  };

  using AggregateRoot::AggregateRoot;
  Meeting(const seriatim::AggregateId& id, const MeetingScheduled& event);

  void reschedule(seriatim::Timestamp new_time);
  void accept(std::int32_t user_id);
  void finish();
  void cancel();

  static void on(State& s, const MeetingScheduled& e) { s = {true, e.time, e.invitee_ids, {}}; }
  static void on(State& s, const MeetingRescheduled& e) { s.time = e.time; }
  static void on(State& s, const MeetingAccepted& e) { s.accepted_ids.push_back(e.user_id); }
  static void on(State& s, const MeetingFinished&) { s.scheduled = false; }
  static void on(State& s, const MeetingCancelled&) { s.scheduled = false; }

 private:
  void require_scheduled() const;
};
BOOST_DESCRIBE_STRUCT(Meeting::State, (), (scheduled, time, invitee_ids, accepted_ids))

}  // namespace meetings
