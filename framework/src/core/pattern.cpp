#include <boost/regex.hpp>

#include "seriatim/validation.hpp"

namespace seriatim {

struct Pattern::Compiled {
  boost::regex expression;
};

Pattern::Pattern(std::string_view expression) {
  try {
    compiled_ = std::make_shared<const Compiled>(
        Compiled{boost::regex{expression.data(), expression.data() + expression.size()}});
  } catch (const boost::regex_error& error) {
    throw_error<ErrorCode::usage>("\"" + std::string{expression} + "\" is no regular expression: " + error.what());
  }
}

bool Pattern::matches(std::string_view text) const {
  try {
    return boost::regex_match(text.data(), text.data() + text.size(), compiled_->expression);
  } catch (const std::runtime_error&) {
    return false;  // Boost gives up before the expression takes for ever.
  }
}

}  // namespace seriatim
