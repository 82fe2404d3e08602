#pragma once
// Reading the documents of the source tree, for the tests that keep them honest.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "paths.hpp"

namespace seriatim::testing {

inline const std::filesystem::path source_directory = SERIATIM_SOURCE_DIR;

/// The text of a file, named from the root of the source tree.
inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream{source_directory / file, std::ios::binary};
  BOOST_REQUIRE_MESSAGE(stream.good(), file << " can be read");
  return {std::istreambuf_iterator<char>{stream}, {}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// A fenced block of a Markdown text: ```cpp ... ```. Behind the language, "file=PATH" says that a reader is to write the
/// block to that file; see tests/guides/run_page.
struct Block {
  std::string language;
  std::string file;      ///< Empty without "file=".
  std::size_t line = 0;  ///< Of its first fence, from 1.
  std::string text;
};

inline Block opened_block(const std::string& info, std::size_t line) {
  const std::size_t space = info.find(' ');
  const std::size_t file = info.find("file=");
  return {info.substr(0, space), file == std::string::npos ? "" : info.substr(file + 5), line, {}};
}

/// A Markdown text, its fenced blocks apart from the rest.
struct Markdown {
  explicit Markdown(const std::string& text) {
    bool inside = false;
    std::size_t number = 0;
    for (const std::string& line : lines_of(text)) {
      ++number;
      if (line.starts_with("```")) {
        if (!inside) blocks.push_back(opened_block(line.substr(3), number));
        inside = !inside;
      } else {
        (inside ? blocks.back().text : prose) += line + '\n';
      }
    }
  }

  [[nodiscard]] std::vector<Block> in_language(std::string_view language) const {
    std::vector<Block> found;
    for (const Block& block : blocks) {
      if (block.language == language) found.push_back(block);
    }
    return found;
  }

  std::string prose;
  std::vector<Block> blocks;
};

/// The pages of the documentation, as paths from the root of the source tree, in order.
inline std::vector<std::filesystem::path> documents() {
  std::vector<std::filesystem::path> documents{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator{source_directory / "docs"}) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path().lexically_relative(source_directory));
  }
  std::sort(documents.begin(), documents.end());
  return documents;
}

/// What `pattern` finds in a text: its first group of each match.
inline std::vector<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex expression{pattern};
  std::vector<std::string> found;
  for (std::sregex_iterator match{text.begin(), text.end(), expression}, end; match != end; ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

}  // namespace seriatim::testing
