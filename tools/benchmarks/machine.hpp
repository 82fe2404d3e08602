#pragma once
// What the machine itself does to latencies, without a database and without us.

#include "measure.hpp"

namespace bench {

/// As many threads as there are cores compute for half of the time: a step of about a millisecond each two milliseconds. How long
/// after it was due each step ended. On a machine of one's own that is a millisecond for all of them; where a hypervisor takes
/// its cores away now and then, no program that computes as much has a better 99th percentile than this.
[[nodiscard]] Latency machine_latency(int seconds);

}  // namespace bench
