#include "text.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <cstddef>

namespace git_import {
namespace {

/// What makes the ids ours. Changing it makes every history a different one.
constexpr seriatim::Uuid name_space{
    {0x6e, 0x0a, 0x6d, 0x3b, 0x52, 0x1f, 0x4c, 0x83, 0x9d, 0x3e, 0x2b, 0x5c, 0x7f, 0x46, 0xa1, 0xe8}};

seriatim::Uuid id_of(const std::string& name) {
  return boost::uuids::name_generator_sha1{name_space}(name);
}

unsigned char byte(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

bool between(unsigned char value, unsigned char low, unsigned char high) {
  return value >= low && value <= high;
}

/// The length of the well-formed sequence at `at`, 0 if there is none: RFC 3629's table, which leaves out overlong
/// forms, surrogates, and what is beyond U+10FFFF.
std::size_t sequence_at(std::string_view bytes, std::size_t at) {
  const unsigned char first = byte(bytes, at);
  const unsigned char second = byte(bytes, at + 1);
  if (first < 0x80) return 1;
  if (between(first, 0xC2, 0xDF)) return between(second, 0x80, 0xBF) ? 2 : 0;
  if (!between(first, 0xE0, 0xF4) || !between(byte(bytes, at + 2), 0x80, 0xBF)) return 0;
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (!between(second, low, high)) return 0;
  if (first < 0xF0) return 3;
  return between(byte(bytes, at + 3), 0x80, 0xBF) ? 4 : 0;
}

void append_quoted(std::string& out, unsigned char value) {
  if (value == '"' || value == '\\') {
    out.append({'\\', static_cast<char>(value)});
  } else if (between(value, 0x20, 0x7E)) {
    out.push_back(static_cast<char>(value));
  } else {
    for (const int shift : {6, 3, 0}) {
      if (shift == 6) out.push_back('\\');
      out.push_back(static_cast<char>('0' + ((value >> shift) & 7)));
    }
  }
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = sequence_at(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string text_of(std::string_view bytes) {
  if (is_utf8(bytes) && !bytes.starts_with('"')) return std::string{bytes};
  std::string quoted{'"'};
  for (const char c : bytes) append_quoted(quoted, static_cast<unsigned char>(c));
  return quoted + '"';
}

seriatim::Uuid file_id(std::string_view path) {
  return id_of("file:" + std::string{path});
}

seriatim::Uuid author_id(std::string_view email, std::string_view name) {
  return email.empty() ? id_of("author named:" + std::string{name}) : id_of("author:" + std::string{email});
}

}  // namespace git_import
