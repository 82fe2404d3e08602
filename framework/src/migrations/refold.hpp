#pragma once
// Refolding: what a projector's rows should be, made in memory from the events of some aggregates or of all.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "migrations/projection.hpp"
#include "views/replay_persistor.hpp"

namespace seriatim::migrations {

/// One projector and the rows that it made of the events handed to it.
class RefoldedProjector {
 public:
  RefoldedProjector(const core::Registry& registry, const ProjectorType& projector)
      : type_{projector}, projection_{registry, {&projector}}, local_{projector.ordering == Ordering::per_aggregate} {}

  [[nodiscard]] const ProjectorType& type() const noexcept { return type_; }
  [[nodiscard]] const Projection& projection() const noexcept { return projection_; }
  [[nodiscard]] const views::ReplayPersistor& rows() const noexcept { return *rows_; }

  /// Whether, ever since it was made, it kept to rows of the aggregates whose events it handled, and each row said
  /// whose it is.
  [[nodiscard]] bool local() const noexcept { return local_; }

  /// Looks whether each row that was made in this group says in some column whose it is.
  void check_owners();

  /// Starts from nothing.
  void begin() {
    rows_ = std::make_unique<views::ReplayPersistor>();
    current_.reset();
  }

  /// `together`: rows of other aggregates are there, so using them is no mistake. What a projector throws for want of
  /// them is kept back otherwise. Throws PublishError.
  void apply(const ReplayEvent& event, bool together);

 private:
  const ProjectorType& type_;
  Projection projection_;
  std::unique_ptr<views::ReplayPersistor> rows_;
  std::optional<AggregateId> current_;
  bool local_;
};

/// Hands the events of these aggregates to the projectors, stream by stream; of all aggregates, in the order of commits,
/// when `aggregates` is null. Uses the transaction that is open on the connection. Returns the number of events.
std::int64_t refold(postgres::Connection& connection, const postgres::PostgresStore& store,
                    std::span<RefoldedProjector* const> projectors, const std::vector<AggregateId>* aggregates);

/// The ids as an SQL array.
[[nodiscard]] std::string uuid_array(const std::vector<AggregateId>& ids);

}  // namespace seriatim::migrations
