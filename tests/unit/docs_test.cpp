// The documents: what they list is complete, and where they point to there is something.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <regex>
#include <set>

#include "document.hpp"
#include "seriatim/errors.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// Every enumerator's name: codes are numbered from 0 without gaps, and what is none of them is called "unknown".
std::vector<std::string> error_names() {
  std::vector<std::string> names;
  for (std::uint8_t code = 0;; ++code) {
    const std::string name = to_string(static_cast<ErrorCode>(code));
    if (name == "unknown") return names;
    names.push_back(name);
  }
}

/// A link to another page or to a part of one, or of its own page.
struct Link {
  std::string file;    ///< Empty: the page itself.
  std::string anchor;  ///< Without "#"; empty: the page as a whole.
};

/// The links of a document, those to other sites left out.
std::vector<Link> links_of(const std::filesystem::path& document) {
  static const std::regex link{R"(\]\(([^)#\s]*)(#([^)\s]*))?\))"};
  const std::string prose = Markdown{text_of(document)}.prose;
  std::vector<Link> links;
  for (std::sregex_iterator match{prose.begin(), prose.end(), link}, end; match != end; ++match) {
    if (const std::string target = (*match)[1]; target.find("://") == std::string::npos) links.push_back({target, (*match)[3]});
  }
  return links;
}

std::vector<std::string> relative_links(const std::filesystem::path& document) {
  std::vector<std::string> files;
  for (const Link& link : links_of(document)) {
    if (!link.file.empty()) files.push_back(link.file);
  }
  return files;
}

/// What a heading is called in links: lower case, without punctuation, with "-" for blanks. ASCII letters only.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

std::set<std::string> anchors_of(const std::filesystem::path& document) {
  std::set<std::string> anchors;
  for (const std::string& heading : all_matches('\n' + Markdown{text_of(document)}.prose, "\n#+ ([^\n]+)")) {
    anchors.insert(anchor_of(heading));
  }
  return anchors;
}

/// The names of all tests of the source tree: Boost.Test's cases, what CTest runs besides, and the files that must not compile.
std::set<std::string> tests() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{source_directory / "tests"}) {
    const std::filesystem::path path = entry.path().lexically_relative(source_directory);
    std::string pattern;
    if (path.extension() == ".cpp") pattern = R"(BOOST_\w+_TEST_CASE\(\s*(\w+))";
    if (path.filename() == "CMakeLists.txt") pattern = R"(add_test\(NAME (\w+)\s)";
    if (!pattern.empty()) {
      for (std::string& name : all_matches(text_of(path), pattern)) names.insert(std::move(name));
    }
    if (path.extension() == ".cpp" && path.parent_path().filename() == "compile_fail") {
      names.insert("compile_fail." + path.stem().string());
    }
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(docs)

BOOST_AUTO_TEST_CASE(every_promise_names_tests_that_exist) {
  const std::set<std::string> cases = tests();
  std::size_t rows = 0;
  for (const std::string& line : lines_of(text_of("docs/behaviour.md"))) {
    if (!std::regex_search(line, std::regex{R"(^\| \d+\.\d+ \|)"})) continue;
    ++rows;
    const std::vector<std::string> named = all_matches(line.substr(line.rfind("|", line.size() - 2)), "`([\\w.]+)`");
    BOOST_TEST(!named.empty(), "a test is named in: " << line);
    for (const std::string& name : named) BOOST_TEST(cases.count(name) == 1U, name << " of docs/behaviour.md is a test");
  }
  BOOST_TEST(rows != 0U);
}

BOOST_AUTO_TEST_CASE(every_promise_of_the_write_side_has_its_tests) {
  const std::string promises = text_of("docs/behaviour.md");
  // How many lines each section has; of view migrations, those about the tables with suffixes.
  for (const auto& [section, lines] : {std::pair{1, 8}, {2, 5}, {3, 10}, {4, 10}, {5, 8}, {6, 7}, {7, 3}, {8, 1}, {9, 1}, {10, 6}, {11, 1}, {12, 7}, {13, 4}, {14, 9}}) {
    for (int line = 1; line <= lines; ++line) {
      const std::string number = std::to_string(section) + "." + std::to_string(line);
      BOOST_TEST(promises.find("| " + number + " |") != std::string::npos, number << " has a row in docs/behaviour.md");
    }
  }
}

BOOST_AUTO_TEST_CASE(every_error_code_is_explained) {
  const std::string errors = text_of("docs/errors.md");
  BOOST_TEST(error_names().size() > 20U);
  for (const std::string& name : error_names()) {
    BOOST_TEST(errors.find("| `" + name + "` |") != std::string::npos, name << " has a row in docs/errors.md");
  }
}

BOOST_AUTO_TEST_CASE(every_relative_link_points_to_a_file) {
  for (const std::filesystem::path& document : documents()) {
    for (const std::string& link : relative_links(document)) {
      BOOST_TEST(std::filesystem::exists(source_directory / document.parent_path() / link),
                 document.string() << " links to " << link);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_link_to_a_part_of_a_page_names_one_of_its_headings) {
  for (const std::filesystem::path& document : documents()) {
    for (const Link& link : links_of(document)) {
      const std::filesystem::path target =
          link.file.empty() ? document : (document.parent_path() / link.file).lexically_normal();
      if (link.anchor.empty() || target.extension() != ".md") continue;
      BOOST_TEST(anchors_of(target).contains(link.anchor),
                 document.string() << " links to " << target.string() << "#" << link.anchor);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_document_in_docs_is_linked_from_the_readme) {
  const auto links = relative_links("README.md");
  for (const auto& entry : std::filesystem::directory_iterator{source_directory / "docs"}) {
    if (entry.path().extension() != ".md") continue;
    const std::string path = "docs/" + entry.path().filename().string();
    BOOST_TEST((std::find(links.begin(), links.end(), path) != links.end()), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()
