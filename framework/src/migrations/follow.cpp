#include "migrations/follow.hpp"

#include <thread>

#include "migrations/way_back.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim::migrations {
namespace {

using Phase = MigrationStatus::Phase;
using Clock = std::chrono::steady_clock;

/// A pass that finds this few events is followed by a pause.
constexpr std::int64_t few_events = 100;
constexpr std::chrono::milliseconds pause{1000};
constexpr std::chrono::milliseconds between_looks{50};

/// The tables to follow.
struct Followed {
  Plan plan;
  bool kept;  ///< Kept for a time; otherwise finished by `online`.
};

class Following {
 public:
  Following(const std::string& url, const postgres::PostgresStore& store, const Domain& domain,
            const ProgressReport& report, const Cancelled& cancelled)
      : connection_{url},
        store_{store},
        domain_{domain},
        versions_{connection_, domain.view_schema()},
        cancelled_{cancelled},
        progress_{report, cancelled} {}

  FollowResult run() {
    const auto start = Clock::now();
    postgres::require_own_cluster(connection_, store_.names());
    const Followed followed = find();
    result_.version = followed.plan.to;
    Standby standby{connection_, versions_, store_, domain_, followed.plan, progress_};
    while (!is_over(followed) && pass(standby)) {
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return result_;
  }

 private:
  Followed find() {
    const int live = versions_.current();
    const int latest = domain_.versions().latest();
    const auto pending = versions_.pending();
    const bool finished = pending && pending->version == latest && pending->phase != Phase::online_running;
    if (finished) return {plan(domain_, live, latest), false};
    if (live == latest && !KeptTable{connection_, store_.names(), domain_.view_schema()}.usable(live)) {
      throw_error<ErrorCode::migration>("version " + std::to_string(latest) + " of the views of " + domain_.name() +
                                        " is the live one, which every command keeps up to date: there is nothing to follow");
    }
    if (live < latest) {
      throw_error<ErrorCode::migration_not_started>("the views of " + domain_.name() + " have no finished version " +
                                                    std::to_string(latest) + ": run `seriatim migrate online` first");
    }
    return {way_back(connection_, store_, domain_, live).plan, true};
  }

  bool is_over(const Followed& followed) {
    if (!followed.kept) return false;
    for (const KeptViews& kept : KeptTable{connection_, store_.names(), domain_.view_schema()}.all()) {
      if (kept.version == followed.plan.to && kept.expired) return ended(FollowResult::End::expired);
    }
    return false;
  }

  /// False when it was the last one.
  bool pass(Standby& standby) {
    try {
      const auto events = standby.pass();
      if (!events) {
        const bool live = versions_.current() == result_.version;
        return !ended(live ? FollowResult::End::live : FollowResult::End::gone);
      }
      result_.events += *events;
      return *events > few_events || wait();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::migration || !wanted_to_stop()) throw;
      connection_.execute("rollback");
      return !ended(FollowResult::End::stopped);
    }
  }

  bool wait() {
    for (const auto end = Clock::now() + pause; Clock::now() < end; std::this_thread::sleep_for(between_looks)) {
      if (wanted_to_stop()) return !ended(FollowResult::End::stopped);
    }
    return true;
  }

  [[nodiscard]] bool wanted_to_stop() const { return cancelled_ && cancelled_(); }

  bool ended(FollowResult::End end) {
    result_.end = end;
    return true;
  }

  postgres::Connection connection_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  VersionTable versions_;
  const Cancelled& cancelled_;
  Progress progress_;
  FollowResult result_;
};

}  // namespace

FollowResult follow(const std::string& url, const postgres::PostgresStore& store, const Domain& domain,
                    const ProgressReport& report, const Cancelled& cancelled) {
  return Following{url, store, domain, report, cancelled}.run();
}

}  // namespace seriatim::migrations
