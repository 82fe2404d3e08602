#pragma once
// Git's bytes as text, and the ids that are made from them.

#include <string>
#include <string_view>

#include "seriatim/uuid.hpp"

namespace git_import {

/// Whether these bytes are UTF-8 as of RFC 3629.
[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// A path or name as text: as it is, or, when it is no UTF-8, as git quotes it: "caf\351" with the quotes. So that no
/// two of them give one text, what begins with a quote itself is quoted too.
[[nodiscard]] std::string text_of(std::string_view bytes);

/// The id of a file's aggregate, the same in every import of any repository (UUID version 5). `path` is text.
[[nodiscard]] seriatim::Uuid file_id(std::string_view path);

/// The id of an author's aggregate: of the e-mail address or, where that is empty, of the name. Both are text.
[[nodiscard]] seriatim::Uuid author_id(std::string_view email, std::string_view name);

}  // namespace git_import
