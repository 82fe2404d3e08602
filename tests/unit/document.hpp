#pragma once
// Reading the documents of the source tree, for the tests that keep them honest.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
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

/// A fenced block of a Markdown text: ```cpp ... ```.
struct Block {
  std::string language;
  std::string text;
};

/// A Markdown text, its fenced blocks apart from the rest.
struct Markdown {
  explicit Markdown(const std::string& text) {
    bool inside = false;
    for (const std::string& line : lines_of(text)) {
      if (line.starts_with("```")) {
        if (!inside) blocks.push_back({line.substr(3), {}});
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

}  // namespace seriatim::testing
