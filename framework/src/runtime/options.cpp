#include "seriatim/options.hpp"

#include <cstdlib>

namespace seriatim {

Options Options::from_environment() {
  Options options;
  if (const char* url = std::getenv("SERIATIM_DATABASE_URL")) options.database_url = url;
  if (const char* schema = std::getenv("SERIATIM_STORE_SCHEMA")) options.store_schema = schema;
  return options;
}

}  // namespace seriatim
