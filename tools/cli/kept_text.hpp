#pragma once
// What the program says about versions of views that are kept.

#include <string>
#include <vector>

#include "output.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim::cli {

/// "version 1 is kept until ...", and what can be done with it.
[[nodiscard]] std::string text_of(const KeptVersion& kept);

/// "version 1 is kept no longer: dropped wallet_records_1".
[[nodiscard]] std::string dropped_text(const KeptVersion& dropped);

/// A member of the object that is being written. How far the version is behind is only put when it is known.
void put_kept(JsonWriter& json, const KeptVersion& kept, bool with_events_behind);

/// A member "dropped" with a list; nothing when it is empty.
void put_dropped(JsonWriter& json, const std::vector<KeptVersion>& dropped);

/// For machines, and for people.
[[nodiscard]] const char* end_name(FollowResult::End end);
[[nodiscard]] const char* end_text(FollowResult::End end);

}  // namespace seriatim::cli
