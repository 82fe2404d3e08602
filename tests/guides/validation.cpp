// What docs/validation.md shows.

#include "seriatim/seriatim.hpp"

namespace guides::validation {

struct SendParcel : seriatim::Command {
  static constexpr std::string_view type_name = "Parcels::SendParcel";
  std::string recipient;
  std::string code;
  seriatim::Decimal weight;
  seriatim::Date from{};
  seriatim::Date until{};
  bool express = false;
  std::string phone;
};
BOOST_DESCRIBE_STRUCT(SendParcel, (seriatim::Command), (recipient, code, weight, from, until, express, phone))

inline void validate(const SendParcel& c, seriatim::Validation& v) {
  static const seriatim::Pattern code{"[A-Z]{2}[0-9]{6}"};
  v.presence(&SendParcel::recipient);
  v.format(&SendParcel::code, code);
  v.numericality(&SendParcel::weight).greater_than(0).less_than_or_equal_to(30);
  v.comparison(&SendParcel::until).greater_than(&SendParcel::from);
  v.when(c.express, [&] { v.presence(&SendParcel::phone); });
}

bool has_right_check_digits(const std::string& iban);

std::optional<seriatim::AttributeError> iban(const std::string& text) {
  if (has_right_check_digits(text)) return std::nullopt;
  return seriatim::AttributeError{"not_an_iban", "is not an IBAN"};
}

struct Transfer : seriatim::Command {
  static constexpr std::string_view type_name = "Bank::Transfer";
  std::string to;
};
BOOST_DESCRIBE_STRUCT(Transfer, (seriatim::Command), (to))

inline void validate(const Transfer&, seriatim::Validation& v) {
  v.check(&Transfer::to, iban);
}

struct SignUp : seriatim::Command {
  static constexpr std::string_view type_name = "Accounts::SignUp";
  std::string name;
  seriatim::Secret password;
  std::optional<seriatim::Secret> password_again;
};
BOOST_DESCRIBE_STRUCT(SignUp, (seriatim::Command), (name, password, password_again))

inline void validate(const SignUp&, seriatim::Validation& v) {
  v.length(&SignUp::password, {.min = 12});
  v.confirmation(&SignUp::password, &SignUp::password_again);
}

auto in_dutch(const seriatim::CommandNotValid& error) {
  seriatim::Messages messages;
  messages.add("nl", {{"blank", "is verplicht"}, {"greater_than", "moet groter zijn dan {count}"}});
  return messages.translated(error.errors(), "nl-BE");  // from nl-BE, else from nl, else in English
}

}  // namespace guides::validation
