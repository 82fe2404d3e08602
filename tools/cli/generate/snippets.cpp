#include "generate/snippets.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace seriatim::cli::generate {
namespace {

std::string joined(const std::vector<Attribute>& attributes, const std::string& separator,
                   const std::function<std::string(const Attribute&)>& text) {
  std::string out;
  for (const Attribute& attribute : attributes) out += (out.empty() ? "" : separator) + text(attribute);
  return out;
}

std::string moved(const Attribute& attribute) {
  return attribute.moves ? "std::move(" + attribute.name + ")" : attribute.name;
}

}  // namespace

void add_attributes(Values& values, const std::vector<Attribute>& attributes) {
  values["members"] =
      joined(attributes, "\n", [](const Attribute& a) { return a.type + " " + a.name + a.initial + ";"; });
  values["names"] = joined(attributes, ", ", [](const Attribute& a) { return a.name; });
  values["parameters"] = joined(attributes, ", ", [](const Attribute& a) { return a.type + " " + a.name; });
  values["moved"] = joined(attributes, ", ", &moved);
  values["of_command"] = joined(attributes, ", ", [](const Attribute& a) { return "command." + a.name; });
  values["samples"] = joined(attributes, ", ", [](const Attribute& a) { return a.sample; });
  values["and_samples"] = attributes.empty() ? "" : ", " + values["samples"];
  values["state_checks"] =
      joined(attributes, "\n", [](const Attribute& a) { return "BOOST_TEST((state." + a.name + " == event." + a.name + "));"; });
  std::vector<Attribute> required;
  std::copy_if(attributes.begin(), attributes.end(), std::back_inserter(required), [](const Attribute& a) { return !a.missing.empty(); });
  values["required"] = joined(required, ", ", [](const Attribute& a) { return "{\"" + a.name + "\", \"" + a.missing + "\"}"; });
}

std::string validation(const std::string& command, const std::vector<Attribute>& attributes) {
  std::string checks;
  for (const Attribute& attribute : attributes) {
    if (attribute.presence) checks += "  v.presence(&" + command + "::" + attribute.name + ");\n";
  }
  if (checks.empty()) return {};
  return "inline void validate(const " + command + "&, seriatim::Validation& v) {\n" + checks + "}\n";
}

std::string fold(const std::string& event, const std::vector<Attribute>& attributes) {
  if (attributes.empty()) return {};
  const std::string head = "static void on(State& s, const " + event + "& e) {";
  if (attributes.size() == 1) {
    return head + " s." + attributes.front().name + " = e." + attributes.front().name + "; }\n";
  }
  return head + "\n" +
         joined(attributes, "", [](const Attribute& a) { return "  s." + a.name + " = e." + a.name + ";\n"; }) + "}\n";
}

}  // namespace seriatim::cli::generate
