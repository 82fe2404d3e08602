#include "outbox.hpp"

#include <cstdio>

#include "seriatim/json.hpp"

namespace issues {

void StandardErrorOutbox::deliver(const Delivery& delivery) {
  // One call, so that lines of several threads do not mix.
  std::fputs((seriatim::to_json(delivery) + "\n").c_str(), stderr);
}

}  // namespace issues
