#include "seriatim/testing/ids.hpp"

namespace seriatim::testing {

Uuid Ids::numbered(std::uint64_t number) noexcept {
  Uuid id{};
  id.data[6] = 0x40;
  id.data[8] = 0x80;
  for (std::size_t i = 15; number != 0 && i > 8; --i, number >>= 8U) {
    id.data[i] = static_cast<std::uint8_t>(number & 0xffU);
  }
  return id;
}

}  // namespace seriatim::testing
