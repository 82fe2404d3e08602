#include "views/selected_rows.hpp"

#include <algorithm>
#include <string>

#include "seriatim/errors.hpp"
#include "views/row_values.hpp"

namespace seriatim::views {
namespace {

void require_order(const RecordType& type, std::size_t column) {
  const attributes::Member& member = type.columns()[column];
  if (has_order(*member.type)) return;
  throw_error<ErrorCode::usage>("rows of table " + std::string{type.table} + " cannot be ordered by column " +
                                std::string{member.name} +
                                ": lists and objects have no order, choose a column of another type");
}

/// Brings the rows in the order of `order by <column> desc`, and keeps the first `limit` of them (0: all).
void sort_newest_first(const ReplayTable& table, std::size_t column, std::size_t limit, std::vector<RowId>& rows) {
  const attributes::Member& member = table.type().columns()[column];
  std::stable_sort(rows.begin(), rows.end(), [&](RowId a, RowId b) {
    return comes_before(*member.type, member.address(table.at(b)), member.address(table.at(a)));
  });
  if (limit != 0 && rows.size() > limit) rows.resize(limit);
}

}  // namespace

std::vector<RowId> selected(ReplayTable& table, const Selection& selection) {
  std::vector<RowId> rows;
  if (!selection.newest_by) {
    table.find(selection.predicates, selection.limit, rows);
    return rows;
  }
  require_order(table.type(), *selection.newest_by);
  if (selection.limit == 1) {
    const RowId row = table.find_greatest(selection.predicates, *selection.newest_by);
    if (row != no_row) rows.push_back(row);
    return rows;
  }
  table.find(selection.predicates, 0, rows);
  sort_newest_first(table, *selection.newest_by, selection.limit, rows);
  return rows;
}

}  // namespace seriatim::views
