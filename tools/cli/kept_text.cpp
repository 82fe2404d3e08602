#include "kept_text.hpp"

#include <fmt/format.h>

namespace seriatim::cli {

std::string text_of(const KeptVersion& kept) {
  const std::string until = to_string(kept.until, 0);
  if (kept.expired) return fmt::format("version {} was kept until {}; the next migration drops it", kept.version, until);
  if (!kept.refusal.empty()) {
    return fmt::format("version {} cannot come back, because {}{}", kept.version, kept.refusal,
                       kept.tables.empty() ? "" : "; its tables are kept until " + until);
  }
  return fmt::format("version {} is kept until {}, {} events behind: `migrate rollback` with its plugin goes back to it",
                     kept.version, until, with_commas(kept.events_behind));
}

std::string dropped_text(const KeptVersion& dropped) {
  return fmt::format("version {} is kept no longer{}{}", dropped.version, dropped.tables.empty() ? "" : ": dropped ",
                     fmt::join(dropped.tables, ", "));
}

void put_kept(JsonWriter& json, const KeptVersion& kept, bool with_events_behind) {
  json.Key("kept");
  json.StartObject();
  put(json, "version", kept.version);
  put(json, "tables", kept.tables);
  put(json, "until", to_string(kept.until));
  put(json, "expired", kept.expired);
  if (!kept.refusal.empty()) put(json, "refusal", kept.refusal);
  if (with_events_behind) put(json, "events_behind", kept.events_behind);
  json.EndObject();
}

void put_dropped(JsonWriter& json, const std::vector<KeptVersion>& dropped) {
  if (dropped.empty()) return;
  json.Key("dropped");
  json.StartArray();
  for (const KeptVersion& each : dropped) {
    json.StartObject();
    put(json, "version", each.version);
    put(json, "tables", each.tables);
    json.EndObject();
  }
  json.EndArray();
}

const char* end_name(FollowResult::End end) {
  switch (end) {
    case FollowResult::End::stopped:
      return "stopped";
    case FollowResult::End::expired:
      return "expired";
    case FollowResult::End::live:
      return "live";
    case FollowResult::End::gone:
      return "gone";
  }
  return "unknown";
}

const char* end_text(FollowResult::End end) {
  switch (end) {
    case FollowResult::End::stopped:
      return "stopped";
    case FollowResult::End::expired:
      return "its time is over, and its tables are dropped";
    case FollowResult::End::live:
      return "it is live now";
    case FollowResult::End::gone:
      return "its tables are gone";
  }
  return "unknown";
}

}  // namespace seriatim::cli
