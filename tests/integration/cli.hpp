#pragma once
// The program seriatim as tests use it: with a database and a directory of its own, and the wallet plugin.

#include <algorithm>
#include <filesystem>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "paths.hpp"
#include "support/program.hpp"
#include "support/shared_cluster.hpp"

namespace seriatim::testing {

inline const std::string wallet_plugin = SERIATIM_PLUGIN_DIR "/libwallet.so";
/// As it was when version 2 was the newest one of its views: for what happens on the way from version 1 to 2.
inline const std::string earlier_wallet_plugin = SERIATIM_TEST_PLUGIN_DIR "/wallet_second.so";

using Arguments = std::vector<std::string>;

/// Runs the program in a directory where there is nothing.
class Cli {
 public:
  [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_.path(); }

  /// With exactly these arguments.
  [[nodiscard]] ProgramResult run_bare(const Arguments& arguments, std::string_view input = {},
                                       std::vector<std::pair<std::string, std::string>> environment = {}) const {
    return run_program(settings(arguments, std::move(environment)), input);
  }

  [[nodiscard]] Program::Settings settings(const Arguments& arguments,
                                           std::vector<std::pair<std::string, std::string>> environment = {}) const {
    Program::Settings settings{{SERIATIM_CLI}, directory(), std::move(environment)};
    settings.arguments.insert(settings.arguments.end(), arguments.begin(), arguments.end());
    return settings;
  }

 private:
  ThrowawayDirectory directory_;
};

/// With an installed event store in which nothing is stored, and views that are not built yet.
class WalletCli : public Cli {
 public:
  WalletCli() : WalletCli{wallet_plugin} {}
  explicit WalletCli(std::string plugin) : plugin_{std::move(plugin)} {
    if (run({"db", "create"}).exit_code != 0) throw std::runtime_error{"seriatim db create failed"};
  }

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  [[nodiscard]] const std::string& plugin() const noexcept { return plugin_; }

  [[nodiscard]] Arguments with_database(const Arguments& arguments) const {
    Arguments all{"--database", url_, "--plugin", plugin_};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }

  [[nodiscard]] ProgramResult run(const Arguments& arguments, std::string_view input = {}) const {
    return run_bare(with_database(arguments), input);
  }

  /// The newest version, unless one is given.
  void build_views(const std::string& version = {}) const {
    for (const char* step : {"online", "offline"}) {
      Arguments arguments{"migrate", step};
      if (!version.empty()) arguments.insert(arguments.end(), {"--to", version});
      const ProgramResult result = run(arguments);
      if (result.exit_code != 0) throw std::runtime_error{"cannot build the views: " + result.errors};
    }
  }

  /// The rows, "a|b" a line.
  [[nodiscard]] std::string query(const std::string& sql) const {
    pqxx::connection connection{url_};
    pqxx::nontransaction session{connection};
    const pqxx::result rows = session.exec(sql);
    std::string out;
    for (pqxx::result::size_type row = 0; row < rows.size(); ++row) {
      if (row != 0) out += '\n';
      for (pqxx::row::size_type column = 0; column < rows.columns(); ++column) {
        if (column != 0) out += '|';
        out += rows[row][column].c_str();
      }
    }
    return out;
  }

  /// How many commands and events there are: "2|2".
  [[nodiscard]] std::string stored() const {
    return query("select (select count(*) from sequent_schema.commands), (select count(*) from sequent_schema.events)");
  }

 private:
  std::string plugin_;
  std::string url_ = shared_cluster().create_database();
};

struct EarlierWalletCli : WalletCli {
  EarlierWalletCli() : WalletCli{earlier_wallet_plugin} {}
};

/// JSON lines of the wallet's commands.
inline std::string create_wallet(const std::string& id) {
  return R"({"type":"Wallet::Commands::CreateWallet","aggregate_id":")" + id + R"(","user_id":"2"})" + "\n";
}
inline std::string add_money(const std::string& id, const std::string& amount, const std::string& source = "API") {
  return R"({"type":"Wallet::Commands::AddMoney","aggregate_id":")" + id + R"(","amount":")" + amount +
         R"(","source":")" + source + "\"}\n";
}
inline std::string draw_money(const std::string& id, const std::string& amount) {
  return R"({"type":"Wallet::Commands::DrawMoney","aggregate_id":")" + id + R"(","amount":")" + amount +
         R"(","destination":"API"})" + "\n";
}

inline const std::string some_id = "16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f";
inline const std::string other_id = "2b9a5f0e-93cf-4c28-8f0c-7a1d1f6c0d11";

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

[[nodiscard]] inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace seriatim::testing
