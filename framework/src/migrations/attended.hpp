#pragma once
// Work that a wish to stop ends, whatever the database is busy with.

#include <functional>

#include "migrations/crew.hpp"
#include "migrations/progress.hpp"

namespace seriatim::migrations {

/// Does `work` on a thread of its own, while this one checks `progress` several times a second. When a check throws, the
/// statements of the connections that the work has registered with the crew are cancelled at the server, and that error
/// is thrown when the work has ended because of it; when the work was done nevertheless, the wish came too late.
/// Otherwise throws what the work throws.
void attended(Progress& progress, const std::function<void(Crew&)>& work);

}  // namespace seriatim::migrations
