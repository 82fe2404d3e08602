#include "seriatim/options.hpp"

#include <charconv>
#include <cstdlib>

namespace seriatim {

Options Options::from_environment() {
  Options options;
  if (const char* url = std::getenv("SERIATIM_DATABASE_URL")) options.database_url = url;
  if (const char* schema = std::getenv("SERIATIM_STORE_SCHEMA"); schema != nullptr && *schema != '\0') {
    options.store_schema = schema;
  }
  if (const char* cost = std::getenv("SERIATIM_SECRET_COST"); cost != nullptr && *cost != '\0') {
    options.secret_cost = parse_secret_cost(cost, "SERIATIM_SECRET_COST");
  }
  return options;
}

int parse_secret_cost(std::string_view text, std::string_view source) {
  int cost = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  if (error == std::errc{} && end == text.data() + text.size() && cost >= Secret::min_cost && cost <= Secret::max_cost) {
    return cost;
  }
  throw_error<ErrorCode::configuration>(std::string{source} + " is \"" + std::string{text} +
                                        "\", which is no cost of hashing secrets: give a number from 4 to 31");
}

}  // namespace seriatim
