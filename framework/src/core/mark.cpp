#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include "seriatim/errors.hpp"
#include "seriatim/event_log.hpp"
#include "seriatim/uuid.hpp"

namespace seriatim {
namespace {

constexpr std::string_view beginning = "0";

[[noreturn]] void refuse(std::string_view text) {
  throw_error<ErrorCode::usage>("\"" + std::string{text.substr(0, 200)} +
                                "\" is not a mark: give one that was printed, or 0 for the beginning");
}

template <class Number>
std::optional<Number> number_of(std::string_view text, Number least = 0) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || number < least) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

/// PostgreSQL's form of a snapshot: "xmin:xmax:xip,xip", with xmin <= xip < xmax in ascending order.
bool is_snapshot(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return false;
  const auto xmin = number_of<std::int64_t>(parts[0]);
  const auto xmax = number_of<std::int64_t>(parts[1]);
  if (!xmin || !xmax || *xmin < 1 || *xmin > *xmax) return false;
  if (parts[2].empty()) return true;
  std::int64_t last = *xmin - 1;
  const auto ids = split(parts[2], ',');
  return std::all_of(ids.begin(), ids.end(), [&](std::string_view part) {
    const auto id = number_of<std::int64_t>(part);
    const bool fits = id && *id > last && *id < *xmax;
    last = id.value_or(last);
    return fits;
  });
}

std::string snapshot_or_beginning(std::string_view text, std::string_view whole) {
  if (text == beginning) return {};
  if (!is_snapshot(text)) refuse(whole);
  return std::string{text};
}

}  // namespace

Mark::Place Mark::parse_place(std::string_view text, std::string_view whole) {
  const auto parts = split(text, '.');
  if (parts.size() != 3) refuse(whole);
  // Negative where the store was adopted, and the least of all where no transaction is known.
  const auto transaction = number_of<std::int64_t>(parts[0], std::numeric_limits<std::int64_t>::min());
  const auto id = parse_uuid(parts[1]);
  const auto sequence_number = number_of<std::int32_t>(parts[2]);
  if (!transaction || !id || !sequence_number) refuse(whole);
  return {*transaction, *id, *sequence_number};
}

Mark Mark::parse(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() == 1) return {snapshot_or_beginning(text, text), {}, {}};
  if (parts.size() != 3 || !is_snapshot(parts[1])) refuse(text);
  return {snapshot_or_beginning(parts[0], text), std::string{parts[1]}, parse_place(parts[2], text)};
}

std::string Mark::to_string() const {
  std::string text = since_.empty() ? std::string{beginning} : since_;
  if (until_.empty()) return text;
  return text + '/' + until_ + '/' + std::to_string(place_.transaction) + '.' + uuid_text(place_.aggregate_id) + '.' +
         std::to_string(place_.sequence_number);
}

}  // namespace seriatim
