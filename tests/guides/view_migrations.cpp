// What docs/view-migrations.md shows.

#include "seriatim/seriatim.hpp"

namespace guides::view_migrations {

struct ColourProjector {
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
};

}  // namespace guides::view_migrations
