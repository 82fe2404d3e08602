#include "seriatim/testing/failure.hpp"

namespace seriatim::testing {
namespace {

Reporter& reporter() {
  static Reporter reporter;
  return reporter;
}

}  // namespace

void set_reporter(Reporter wanted) { reporter() = std::move(wanted); }

void report(const Failure& failure) {
  if (!reporter()) throw failure;  // NOLINT(misc-throw-by-value-catch-by-reference): a copy of it is thrown
  reporter()(failure);
}

}  // namespace seriatim::testing
