#include "generate/project.hpp"

#include <fstream>
#include <iterator>
#include <regex>

#include "generate/source_text.hpp"
#include "seriatim/errors.hpp"

namespace seriatim::cli::generate {
namespace {

namespace fs = std::filesystem;

constexpr const char* plugin_file = "domain/plugin.cpp";

std::string read(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) throw_error<ErrorCode::usage>(file.string() + " cannot be read");
  return {std::istreambuf_iterator<char>{stream}, {}};
}

bool is_source(const fs::path& file) { return file.extension() == ".hpp" || file.extension() == ".cpp"; }

void require_new_type_in(const fs::path& folder, const std::regex& declaration, const std::string& type) {
  if (!fs::is_directory(folder)) return;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    if (!std::regex_search(code_only(read(entry.path())), declaration)) continue;
    throw_error<ErrorCode::usage>(entry.path().string() + " has a type " + type +
                                  " already: nothing was written; choose another name");
  }
}

}  // namespace

Project find_project(const fs::path& folder) {
  fs::path root = fs::absolute(folder / "").lexically_normal().parent_path();
  while (!fs::is_regular_file(root / plugin_file)) {
    if (root == root.root_path()) {
      throw_error<ErrorCode::usage>("neither " + fs::absolute(folder).string() +
                                    " nor a folder above it has a domain/plugin.cpp: run this in a project that `seriatim new` "
                                    "has made");
    }
    root = root.parent_path();
  }
  const std::string code = code_only(read(root / plugin_file));
  std::smatch match;
  if (!std::regex_search(code, match, std::regex{R"(\bSERIATIM_PLUGIN\s*\(\s*(\w+)\s*,\s*(\w+)\s*\))"})) {
    throw_error<ErrorCode::usage>((root / plugin_file).string() +
                                  " has no SERIATIM_PLUGIN(name, domain): without it, it is not known what the domain is called");
  }
  return {root, parse_name("a domain", match[1].str()), match[2]};
}

void require_new_type(const Project& project, const std::string& type) {
  const std::regex declaration{"\\b(class|struct|using|enum|enum class|enum struct)\\s+" + type + "\\b"};
  for (const char* folder : {"domain", "projectors"}) require_new_type_in(project.root / folder, declaration, type);
}

void require_aggregate(const Project& project, const Name& aggregate) {
  const fs::path header = fs::path{"domain"} / aggregate.snake / (aggregate.snake + ".hpp");
  if (fs::is_regular_file(project.root / header)) return;
  throw_error<ErrorCode::usage>("there is no aggregate " + aggregate.pascal + ": " + header.string() +
                                " is missing in " + project.root.string() + "; `seriatim generate aggregate " +
                                aggregate.snake + "` makes one");
}

}  // namespace seriatim::cli::generate
