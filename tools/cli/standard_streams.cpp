#include "standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "exit_codes.hpp"

namespace seriatim::cli {

void reserve_standard_streams() noexcept {
  struct Stream {
    int descriptor;
    int mode;  ///< The other way round than the stream is used, where using it is to fail.
  };
  for (const Stream stream : {Stream{STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}}) {
    if (::fcntl(stream.descriptor, F_GETFD) >= 0) continue;
    // The lowest number that is free: this one, because those below it are taken by now.
    if (::open("/dev/null", stream.mode) != stream.descriptor) std::_Exit(static_cast<int>(ExitCode::failed));
  }
}

}  // namespace seriatim::cli
