#include "migrations/attended.hpp"

namespace seriatim::migrations {

void attended(Progress& progress, const std::function<void(Crew&)>& work) {
  bool done = false;
  Crew crew{[&] { progress.check(); }};
  try {
    crew.run(1, [&](std::size_t) {
      work(crew);
      done = true;
    });
  } catch (const std::exception&) {
    if (!done) throw;
  }
}

}  // namespace seriatim::migrations
