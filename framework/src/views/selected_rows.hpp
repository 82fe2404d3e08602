#pragma once
// Which rows of an in-memory table a selection gives, in which order.

#include <vector>

#include "views/persistor.hpp"
#include "views/replay_table.hpp"

namespace seriatim::views {

/// The rows of the selection, in its order. Error(usage) when it orders by a column that has no order.
[[nodiscard]] std::vector<RowId> selected(ReplayTable& table, const Selection& selection);

}  // namespace seriatim::views
