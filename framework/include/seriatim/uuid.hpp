#pragma once
// Identifiers of aggregates, events and commands: UUIDs as of RFC 9562, stored in PostgreSQL as `uuid`.
//
// Every function may be called by any number of threads at the same time.

#include <boost/uuid/uuid.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace seriatim {

/// 16 bytes; compares and hashes (`boost::uuids::hash_value`) by value, in the order of its text.
///
/// `Uuid{}` is the nil UUID (all zeros, `is_nil()`), but `Uuid id;` is uninitialized in Boost 1.81: write
/// `Uuid id{};` for members and locals.
using Uuid = boost::uuids::uuid;

/// Reads the canonical form only, "16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f", with digits of either case. Braces, blanks,
/// `urn:uuid:` and missing hyphens give nullopt. Any version, the nil UUID too. Constant time, no allocation.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text) noexcept;

/// Appends the canonical form: 36 characters, lower case.
void append_uuid(std::string& out, const Uuid& id);

/// The canonical form. It is not called `to_string`, because Boost has one for the same type: with
/// <boost/uuid/uuid_io.hpp> included, every unqualified call would be ambiguous.
[[nodiscard]] std::string uuid_text(const Uuid& id);

/// A random UUID (version 4): 122 bits from the kernel's cryptographic generator, so it can be made anywhere, cannot
/// be guessed, and gives nothing away. Threads, and processes after fork(), never get the same one.
/// Throws std::system_error when the kernel gives no random numbers.
[[nodiscard]] Uuid new_uuid();

/// A time-ordered UUID (version 7): 60 bits of the time (milliseconds since 1970, and 4096ths of one), then 62 random
/// bits. Those that one process makes increase strictly, across its threads and when the clock is set back; those
/// of several processes are in order as far as their clocks agree.
///
/// Prefer it for keys of tables that only grow. New keys land at the right end of the index, on the few pages that
/// are in memory anyway; random ones land on any page, so that a large index is read from disk, splits its pages
/// half full, and is written to the log page by page after every checkpoint.
/// Do not use it where the time of creation is a secret. Throws as new_uuid does.
[[nodiscard]] Uuid new_ordered_uuid();

}  // namespace seriatim
