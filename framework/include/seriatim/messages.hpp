#pragma once
// Messages: the sentences for what is wrong with an attribute, by locale. English is built in.
//
//     seriatim::Messages messages;
//     messages.add("nl", {{"blank", "is verplicht"}, {"greater_than", "moet groter zijn dan {count}"}});
//     try { service.execute(command); }
//     catch (const seriatim::CommandNotValid& invalid) { show(messages.translated(invalid.errors(), "nl-BE")); }
//
// Errors carry their code and what their text names, so that one command's errors can be shown in any language, also
// those that another program found and sent as JSON.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seriatim/attributes.hpp"

namespace seriatim {

/// A catalogue of texts by locale and error code. Built by one thread; constant after that, and then safe to share.
class Messages {
 public:
  /// A code and its text; "{count}" and the like stand for the error's parameters.
  using Text = std::pair<std::string_view, std::string_view>;

  /// Adds texts of a locale ("nl", "nl-BE"), or replaces those that are there; "en" replaces what is built in.
  Messages& add(std::string_view locale, std::initializer_list<Text> texts);

  /// The text of an error: from the locale ("nl-BE"), else its language ("nl"), else "en", else the message that the
  /// error has.
  [[nodiscard]] std::string text(std::string_view locale, const AttributeError& error) const;

  /// The same errors with the texts of a locale.
  [[nodiscard]] AttributeErrors translated(const AttributeErrors& errors, std::string_view locale) const;

  /// All codes that the framework itself uses, sorted: what a translation has to have texts for.
  [[nodiscard]] static std::vector<std::string_view> codes();

 private:
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> locales_;
};

/// An error with the English text of its code, which must be one of Messages::codes().
[[nodiscard]] AttributeError attribute_error(std::string_view code,
                                             std::map<std::string, std::string> parameters = {});

}  // namespace seriatim
