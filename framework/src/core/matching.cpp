#include "seriatim/matching.hpp"

#include <algorithm>

namespace seriatim {
namespace {

bool is_a(const MessageType& event, std::string_view cpp_name) {
  const auto parts = event.parts();
  return std::any_of(parts.begin(), parts.end(), [&](const MessagePart& part) { return part.cpp_name == cpp_name; });
}

}  // namespace

bool EventMatcher::covers(const MessageType& event) const {
  if (kind == Kind::exact && cpp_name != event.cpp_name) return false;
  if (kind == Kind::is_a && !is_a(event, cpp_name)) return false;
  if (std::find(except_types.begin(), except_types.end(), event.cpp_name) != except_types.end()) return false;
  return std::none_of(except_bases.begin(), except_bases.end(),
                      [&](std::string_view base) { return is_a(event, base); });
}

bool EventMatcher::holds(const AnyEvent& event) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) { return condition(event); });
}

}  // namespace seriatim
