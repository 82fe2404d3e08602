// libFuzzer's entry: decoding of commands. See tools/fuzz.

#include <cstddef>
#include <cstdint>

#include "fuzz/decoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::decode_command({reinterpret_cast<const char*>(data), size});
  return 0;
}
