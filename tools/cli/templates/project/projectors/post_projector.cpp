#include "projectors/post_projector.hpp"

namespace @project@ {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::increase;
using seriatim::Views;

void PostProjector::on(const Event<PostPublished>& e, Views& views) const {
  views.create(PostRecord{e.aggregate_id, e->title, 0});
}

void PostProjector::on(const Event<PostLiked>& e, Views& views) const {
  views.update_one<PostRecord>(by_aggregate(e), {increase(&PostRecord::likes, 1)});
}

}  // namespace @project@
