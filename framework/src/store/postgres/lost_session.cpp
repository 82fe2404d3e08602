#include "store/postgres/lost_session.hpp"

namespace seriatim::postgres {

bool is_over(const Session& session, Connection& connection, const SchemaNames& names) {
  const std::pair<std::string_view, std::string> fill[] = {
      {"{process}", connection.quoted(session.process) + "::integer"},
      {"{began}", connection.quoted(session.began) + "::timestamptz"}};
  return connection.execute(statement("session_is_over", names, fill))[0][0].as<bool>();
}

}  // namespace seriatim::postgres
