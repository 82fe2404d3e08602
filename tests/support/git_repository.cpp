#include "support/git_repository.hpp"

#include <fstream>
#include <stdexcept>
#include <utility>

#include "runtime/process.hpp"

namespace seriatim::testing {

GitRepository::GitRepository(std::filesystem::path directory) : path_{std::move(directory)} {
  std::filesystem::create_directories(path_);
  git({"init", "--quiet", "--initial-branch=main"});
}

std::string GitRepository::git(const std::vector<std::string>& arguments) const {
  runtime::Command command{
      {"/usr/bin/env", "git"},
      runtime::current_user(),
      path_,
      {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "TZ=UTC0", "GIT_CONFIG_GLOBAL=/dev/null",
       "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=" + name_, "GIT_AUTHOR_EMAIL=" + email_, "GIT_AUTHOR_DATE=" + when_,
       "GIT_COMMITTER_NAME=Committer", "GIT_COMMITTER_EMAIL=committer@example.org", "GIT_COMMITTER_DATE=" + when_}};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  runtime::Outcome outcome = runtime::run(command);
  if (outcome.exit_code != 0) throw std::runtime_error{"git " + arguments.front() + ": " + outcome.output};
  return std::move(outcome.output);
}

void GitRepository::write(const std::string& file, std::string_view content) const {
  const std::filesystem::path target = path_ / file;
  std::filesystem::create_directories(target.parent_path());
  std::ofstream out{target, std::ios::binary | std::ios::trunc};
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!out.flush()) throw std::runtime_error{"cannot write " + target.string()};
}

void GitRepository::be(std::string name, std::string email, std::string when) {
  name_ = std::move(name);
  email_ = std::move(email);
  when_ = std::move(when);
}

void GitRepository::commit(const std::string& message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "--message=" + message});
}

}  // namespace seriatim::testing
