#include "file_churn_projector.hpp"

namespace git_history {
namespace {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::EventHeader;
using seriatim::increase;
using seriatim::key;
using seriatim::set;
using seriatim::Views;

void record_change(const EventHeader& event, const Change& change, std::int64_t added, std::int64_t deleted,
                   FileState state, Views& views) {
  views.update_one<FileChurn>(by_aggregate(event),
                              {increase(&FileChurn::commits, 1), increase(&FileChurn::lines_added, added),
                               increase(&FileChurn::lines_deleted, deleted), set(&FileChurn::state, state),
                               set(&FileChurn::last_changed_at, change.committed_at)});
}

}  // namespace

void FileChurnProjector::on(const Event<FileAdded>& e, Views& views) const {
  const std::int64_t added = e->lines_added.value_or(0);
  const std::int64_t deleted = e->lines_deleted.value_or(0);
  // A path can be added again after it was deleted or renamed away; its row goes on.
  views.create_or_update(FileChurn{e.aggregate_id, e->path, 1, added, deleted, FileState::present, e->committed_at},
                         key(&FileChurn::aggregate_id),
                         {increase(&FileChurn::commits, 1), increase(&FileChurn::lines_added, added),
                          increase(&FileChurn::lines_deleted, deleted), set(&FileChurn::state, FileState::present),
                          set(&FileChurn::last_changed_at, e->committed_at)});
}

void FileChurnProjector::on(const Event<FileFound>& e, Views& views) const {
  views.create(FileChurn{e.aggregate_id, e->path, 0, 0, 0, FileState::present, e->committed_at});
}

void FileChurnProjector::on(const Event<FileModified>& e, Views& views) const {
  record_change(e, e.data, e->lines_added.value_or(0), e->lines_deleted.value_or(0), FileState::present, views);
}

void FileChurnProjector::on(const Event<FileRenamed>& e, Views& views) const {
  record_change(e, e.data, 0, 0, FileState::renamed, views);
}

void FileChurnProjector::on(const Event<FileDeleted>& e, Views& views) const {
  record_change(e, e.data, 0, e->lines_deleted.value_or(0), FileState::deleted, views);
}

}  // namespace git_history
