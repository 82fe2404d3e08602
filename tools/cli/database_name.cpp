#include "database_name.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "seriatim/errors.hpp"

namespace seriatim::cli {

std::string database_name(const std::string& url) {
  using Parts = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
  const Parts parts{PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree};
  for (const PQconninfoOption* part = parts.get(); part != nullptr && part->keyword != nullptr; ++part) {
    if (std::string_view{part->keyword} == "dbname" && part->val != nullptr) return part->val;
  }
  throw_error<ErrorCode::configuration>("the database address names no database: add /name to it");
}

}  // namespace seriatim::cli
