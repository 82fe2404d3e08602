#pragma once
// Names as people give them to the generators, and as C++ wants them.

#include <string>
#include <string_view>

namespace seriatim::cli::generate {

/// One name in both spellings: "sales_order" for files, namespaces and functions, "SalesOrder" for types.
struct Name {
  std::string snake;
  std::string pascal;
};

/// Reads `sales_order` or `SalesOrder`. `what` is what is named ("the aggregate"), for Error(usage): neither spelling, a word
/// that C++ or seriatim has taken, or too long.
[[nodiscard]] Name parse_name(std::string_view what, std::string_view given);

/// Checks the name of an attribute, which has one spelling, `due_on`; Error(usage) as above.
void require_attribute_name(std::string_view name);

/// "an" or "a", whichever goes with the name.
[[nodiscard]] std::string article_of(const Name& name);

/// "an invoice", "a sales order".
[[nodiscard]] std::string with_article(const Name& name);

}  // namespace seriatim::cli::generate
