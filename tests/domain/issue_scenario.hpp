#pragma once
// An issue that is open, in a world whose clock stands still.

#include <memory>

#include "../../projectors/issues/records.hpp"
#include "issues/commands.hpp"
#include "issues/issue.hpp"
#include "issues/plugin.hpp"
#include "issues/rule_book.hpp"
#include "seriatim/testing/scenario.hpp"
#include "support/deliveries.hpp"

namespace seriatim::testing {

struct IssueScenario : Scenario {
  explicit IssueScenario(std::shared_ptr<Deliveries> deliveries = std::make_shared<Deliveries>())
      : Scenario{issues::domain(deliveries)}, outbox{std::move(deliveries)} {
    given(issues::OpenIssue{{id}, "It does not start", "ann", book});
  }

  [[nodiscard]] issues::TakeAction take(const std::string& action, const std::string& actor = "ann",
                                        const issues::Extra& extra = {}) const {
    return {{id}, action, actor, {}, extra};
  }
  [[nodiscard]] issues::TakeAction comment(const std::string& message, const std::string& actor = "ann") const {
    return take("comment_added", actor, {.message = message});
  }
  [[nodiscard]] issues::TakeAction label(const std::string& action, const std::string& name) const {
    return take(action, "ann", {.label = name});
  }
  [[nodiscard]] issues::TakeAction view(const std::string& actor = "ann", const std::string& comment = "7") const {
    return {{id}, "comment_viewed", actor, issues::Subject{"comment", comment}, {}};
  }

  /// What is stored of an action that occurs now.
  [[nodiscard]] issues::Activity activity(std::int32_t number, const issues::TakeAction& taken,
                                          std::int32_t depth = 0) {
    return {number, taken.actor, taken.record, taken.extra, depth, clock().now()};
  }

  std::shared_ptr<Deliveries> outbox;
  AggregateId id = new_id();
  AggregateId book = new_id();
};

}  // namespace seriatim::testing
