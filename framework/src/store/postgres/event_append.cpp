#include "store/postgres/event_append.hpp"

namespace seriatim::postgres {
namespace {

std::string_view suffix_of(EventAppend::Edition edition) {
  switch (edition) {
    case EventAppend::Edition::unknown: break;
    case EventAppend::Edition::loaded: return "_loaded";
    case EventAppend::Edition::kept: return "_kept";
  }
  return "";
}

/// What must hold of the aggregate `a` whose edition is a parameter.
std::string condition(EventAppend::Edition edition, const std::string& parameter, const SchemaNames& names) {
  switch (edition) {
    case EventAppend::Edition::unknown: break;
    case EventAppend::Edition::loaded:
      return " and (a.xmin = " + parameter + " or " + quoted_name(names.store, "event_exists") +
             "(a.events_partition_key, $2, $5))";
    case EventAppend::Edition::kept: return " and a.xmin = " + parameter;
  }
  return "";
}

}  // namespace

std::vector<std::string_view> EventAppend::types() const {
  std::vector<std::string_view> types{"timestamptz", "uuid", "smallint", "jsonb", "integer", "smallint"};
  if (own_json) types.push_back("jsonb");
  if (user) types.push_back("uuid");
  if (edition != Edition::unknown) types.push_back("xid");
  return types;
}

std::string EventAppend::name() const {
  return std::string{"seriatim_append_event"} + (own_json ? "_json" : "") + (user ? "_user" : "") +
         std::string{suffix_of(edition)};
}

std::string EventAppend::sql(const SchemaNames& names, const std::string& change, const std::string& missing) const {
  const std::string type =
      missing.empty() ? "$6" : "case when exists (select from changed) then $6 else (" + missing + ")::smallint end";
  const std::pair<std::string_view, std::string> fill[] = {
      {"{changed}", change.empty() ? "" : ", changed as (" + change + ")"},
      {"{type}", type},
      {"{event_json}", own_json ? "$7" : "$4"},
      {"{user}", user ? "$" + std::to_string(own_json ? 8 : 7) : "null"},
      {"{edition}", condition(edition, "$" + std::to_string(types().size()), names)}};
  return statement("append_event", names, fill);
}

std::string EventAppend::prepare(const SchemaNames& names) const {
  std::string list;
  for (const std::string_view type : types()) list.append(list.empty() ? "" : ", ").append(type);
  return "prepare " + name() + " (" + list + ") as " + sql(names);
}

}  // namespace seriatim::postgres
