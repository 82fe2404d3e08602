#pragma once
// The issues with version 1 of their views, before these told when the last comment was made.

#include <memory>
#include <utility>
#include <vector>

#include "../../projectors/issues/activity_projector.hpp"
#include "issues/inboxes.hpp"
#include "issues/issue.hpp"
#include "issues/issue_command_handler.hpp"
#include "issues/rule_book.hpp"
#include "seriatim/domain.hpp"

std::span<const seriatim::SqlFile> issues_view_sql();

namespace issues_first {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::SqlFile;
using seriatim::Views;

struct IssueRecord {
  static constexpr std::string_view table = "issue_records";
  seriatim::Uuid aggregate_id{};
  std::string title;
  bool open = true;
  std::int32_t comments = 0;
};
BOOST_DESCRIBE_STRUCT(IssueRecord, (), (aggregate_id, title, open, comments))

struct IssueProjector {
  static constexpr std::string_view type_name = "IssueProjector";
  using Manages = seriatim::records<IssueRecord>;
  using Events = seriatim::types<issues::IssueOpened, issues::CommentAdded, issues::IssueClosed, issues::IssueReopened>;

  void on(const Event<issues::IssueOpened>& e, Views& views) const {
    views.create(IssueRecord{e.aggregate_id, e->title, true, 0});
  }
  void on(const Event<issues::CommentAdded>& e, Views& views) const {
    views.update_one<IssueRecord>(by_aggregate(e), {seriatim::increase(&IssueRecord::comments, 1)});
  }
  void on(const Event<issues::IssueClosed>& e, Views& views) const {
    views.update_one<IssueRecord>(by_aggregate(e), {seriatim::set(&IssueRecord::open, false)});
  }
  void on(const Event<issues::IssueReopened>& e, Views& views) const {
    views.update_one<IssueRecord>(by_aggregate(e), {seriatim::set(&IssueRecord::open, true)});
  }
};

inline std::span<const SqlFile> view_sql() {
  static const std::vector<SqlFile> files = [] {
    std::vector<SqlFile> made;
    for (const SqlFile& file : issues_view_sql()) {
      if (file.name != "issue_records.sql") made.push_back(file);
    }
    made.push_back({"issue_records.sql",
                    "create table issue_records%SUFFIX% (aggregate_id uuid primary key, title varchar not null,"
                    " open boolean not null, comments integer not null)"});
    return made;
  }();
  return files;
}

inline seriatim::Domain domain(const std::shared_ptr<issues::Outbox>& outbox) {
  seriatim::Domain made{"issues"};
  made.view_schema("issues_views")
      .aggregate<issues::Issue>()
      .aggregate<issues::RuleBook>()
      .handler<issues::IssueCommandHandler>()
      .projector<IssueProjector>()
      .projector<issues::ActivityProjector>()
      .workflow(issues::EmailInbox{outbox})
      .views(seriatim::ViewVersions{}.version(
                 1, {seriatim::replay<IssueProjector>(), seriatim::replay<issues::ActivityProjector>()}),
             view_sql());
  return made;
}

}  // namespace issues_first
