#pragma once
// A project as a newcomer makes it: in a folder outside of the source tree, by the program of an installed seriatim.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "paths.hpp"
#include "support/program.hpp"
#include "support/throwaway_cluster.hpp"

namespace seriatim::testing {

using Arguments = std::vector<std::string>;

/// A folder with an installation and what is made there. Everything is gone with the object.
class Workshop {
 public:
  Workshop() {
    require(run({SERIATIM_CMAKE, "--install", SERIATIM_BUILD_DIR, "--prefix", prefix().string()}, folder()));
  }

  [[nodiscard]] std::filesystem::path folder() const { return directory_.path(); }
  [[nodiscard]] std::filesystem::path prefix() const { return folder() / "prefix"; }
  [[nodiscard]] std::filesystem::path project() const { return folder() / "blog"; }

  [[nodiscard]] ProgramResult run(Arguments arguments, const std::filesystem::path& where, std::string_view input = {}) const {
    // What was compiled in the folder of an earlier run is the same: the compiler's cache is not to look at folders.
    return run_program({std::move(arguments), where, {{"CCACHE_NOHASHDIR", "1"}, {"CCACHE_BASEDIR", folder().string()}}}, input);
  }

  /// The installed program.
  [[nodiscard]] ProgramResult seriatim(Arguments arguments, const std::filesystem::path& where,
                                       std::string_view input = {}) const {
    arguments.insert(arguments.begin(), (prefix() / "bin" / "seriatim").string());
    return run(std::move(arguments), where, input);
  }

  static void require(const ProgramResult& result) {
    BOOST_REQUIRE_MESSAGE(result.exit_code == 0, result.exit_code << ": " << result.output << result.errors);
  }

  void configure() const {
    require(run({SERIATIM_CMAKE, "--preset", "dev", "-DCMAKE_PREFIX_PATH=" + prefix().string(),
                 "-DCMAKE_CXX_COMPILER=" SERIATIM_CXX, "-DCMAKE_CXX_FLAGS=" SERIATIM_FLAGS " -Werror",
                 "-DCMAKE_CXX_COMPILER_LAUNCHER=" SERIATIM_LAUNCHER},
                project()));
  }

  /// One target after the other: each within the time that a program may take.
  void build_and_test() const {
    for (const char* target : {"blog", "blog_domain", "blog_tests"}) {
      require(run({SERIATIM_CMAKE, "--build", "--preset", "dev", "--target", target}, project()));
    }
    require(run({SERIATIM_CTEST, "--preset", "dev", "--no-tests=error"}, project()));
  }

 private:
  ThrowawayDirectory directory_;
};

[[nodiscard]] inline std::string content(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  BOOST_REQUIRE_MESSAGE(stream.good(), file << " can be read");
  return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace seriatim::testing
