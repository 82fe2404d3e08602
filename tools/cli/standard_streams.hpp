#pragma once
// Standard input, output and error as the program was started with them.

namespace seriatim::cli {

/// Takes the numbers of standard streams that are closed (`>&-`), before anything else is opened: the next file or
/// socket would get them, and what is printed would go into the session with the database. Reading such an input and
/// writing such an output fail, as they should; standard error forgets what it is told.
void reserve_standard_streams() noexcept;

}  // namespace seriatim::cli
