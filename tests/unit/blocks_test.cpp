// The blocks of code of all pages: each is compiled, run or read by what it is meant for. Those that a reader runs are run by
// tests/guides/run_page; the others are looked at here.

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <set>

#include "document.hpp"
#include "settings.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// Checked here.
const std::set<std::string> checked{"cpp", "cmake", "json", "toml"};
/// Run by tests/guides/run_page.
const std::set<std::string> run{"sh", "console", "sql", "diff"};
/// Neither, each for a reason.
const std::map<std::string, std::string> exempt{
    {"text", "the form of something, or what a program says in a state that the page does not make"},
    {"ini", "a unit of systemd, which runs programs of a machine and not of a test"},
};

using Lines = std::vector<std::string>;

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

/// The lines without their indentation, blank ones left out.
Lines normalised(const std::string& text) {
  Lines lines;
  for (const std::string& line : lines_of(text)) {
    if (std::string rest = trimmed(line); !rest.empty()) lines.push_back(std::move(rest));
  }
  return lines;
}

bool is_source(const std::filesystem::path& file) {
  return file.extension() == ".cpp" || file.extension() == ".hpp";
}

/// All files below these folders that satisfy `wanted`, by lines.
std::vector<Lines> read_all(const std::vector<std::string>& folders, const std::function<bool(const std::filesystem::path&)>& wanted) {
  std::vector<Lines> files;
  for (const std::string& folder : folders) {
    if (!std::filesystem::exists(source_directory / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{source_directory / folder}) {
      const auto path = entry.path().lexically_relative(source_directory);
      if (wanted(path)) files.push_back(normalised(text_of(path)));
    }
  }
  return files;
}

/// Every source that a build compiles; tests/compile_fail is there to be refused.
const std::vector<Lines>& sources() {
  static const std::vector<Lines> all =
      read_all({"domain", "projectors", "migrations", "tests", "framework", "tools"}, [](const std::filesystem::path& file) {
        return is_source(file) && !file.string().starts_with("tests/compile_fail");
      });
  return all;
}

/// The parts of a block that stand together; between them a line "// ..." leaves something out.
std::vector<Lines> pieces(const std::string& text) {
  std::vector<Lines> pieces(1);
  for (std::string& line : normalised(text)) {
    if (line == "// ...") {
      pieces.emplace_back();
    } else {
      pieces.back().push_back(std::move(line));
    }
  }
  std::erase_if(pieces, [](const Lines& piece) { return piece.empty(); });
  return pieces;
}

bool contains(const Lines& file, const std::vector<Lines>& pieces) {
  auto from = file.begin();
  for (const Lines& piece : pieces) {
    from = std::search(from, file.end(), piece.begin(), piece.end());
    if (from == file.end()) return false;
    from += static_cast<std::ptrdiff_t>(piece.size());
  }
  return true;
}

/// Calls `check(block, "page:line")` for the blocks of a language that are not written to files by their readers.
void for_each_block(std::string_view language, const std::function<void(const Block&, const std::string&)>& check) {
  std::size_t seen = 0;
  for (const std::filesystem::path& page : documents()) {
    for (const Block& block : Markdown{text_of(page)}.in_language(language)) {
      ++seen;
      if (block.file.empty()) check(block, page.string() + ":" + std::to_string(block.line));
    }
  }
  BOOST_TEST(seen != 0U, "there are blocks in " << language);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(blocks)

BOOST_AUTO_TEST_CASE(every_block_is_in_a_language_that_is_checked_run_or_exempt_for_a_reason) {
  for (const std::filesystem::path& page : documents()) {
    for (const Block& block : Markdown{text_of(page)}.blocks) {
      const std::string& language = block.language;
      BOOST_TEST((!block.file.empty() || checked.contains(language) || run.contains(language) || exempt.contains(language)),
                 page.string() << ":" << block.line << ": the language \"" << language << "\" is not known");
    }
  }
}

BOOST_AUTO_TEST_CASE(every_block_of_cpp_stands_in_a_source_that_is_compiled) {
  for_each_block("cpp", [](const Block& block, const std::string& where) {
    const auto wanted = pieces(block.text);
    BOOST_TEST(!wanted.empty(), where);
    const bool found = std::ranges::any_of(sources(), [&](const Lines& file) { return contains(file, wanted); });
    BOOST_TEST(found, where << ": this block stands in no source");
  });
}

BOOST_AUTO_TEST_CASE(a_block_that_differs_in_one_character_is_not_found) {
  const std::string block = lines_of(text_of("domain/wallet/wallet.cpp"))[6];
  BOOST_TEST(std::ranges::any_of(sources(), [&](const Lines& file) { return contains(file, pieces(block)); }));
  BOOST_TEST(std::ranges::none_of(sources(), [&](const Lines& file) { return contains(file, pieces(block + "/")); }));
}

BOOST_AUTO_TEST_CASE(every_block_of_cmake_stands_in_a_file_that_a_test_configures) {
  const auto files = read_all({"tests", "domain"}, [](const std::filesystem::path& file) {
    return file.filename() == "CMakeLists.txt";
  });
  for_each_block("cmake", [&](const Block& block, const std::string& where) {
    BOOST_TEST(std::ranges::any_of(files, [&](const Lines& file) { return contains(file, pieces(block.text)); }), where);
  });
}

BOOST_AUTO_TEST_CASE(every_line_of_json_is_an_object) {
  for_each_block("json", [](const Block& block, const std::string& where) {
    for (const std::string& line : normalised(block.text)) {
      boost::json::error_code error;
      const boost::json::value value = boost::json::parse(line, error);
      BOOST_TEST(!error, where << ": " << error.message() << " in: " << line);
      BOOST_TEST((error || value.is_object()), where << ": no object: " << line);
    }
  });
}

BOOST_AUTO_TEST_CASE(every_block_of_toml_is_a_configuration_file_that_the_program_reads) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("seriatim-" + std::to_string(::getpid()) + ".toml");
  for_each_block("toml", [&](const Block& block, const std::string& where) {
    std::ofstream{file} << block.text;
    cli::GlobalOptions given;
    given.config = file.string();
    BOOST_TEST(cli::read_settings(given).file == file, where);
  });
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_SUITE_END()
