// The clusters that tests run on: private, fast, and gone afterwards.
#include "support/throwaway_cluster.hpp"

#include <signal.h>

#include "support/local_server.hpp"

namespace fs = std::filesystem;
using namespace seriatim::testing;

BOOST_AUTO_TEST_SUITE(throwaway_cluster)

BOOST_AUTO_TEST_CASE(each_database_is_empty_and_another) {
  ThrowawayCluster cluster;
  const std::string first = cluster.create_database();
  ask(first, "CREATE TABLE mine AS SELECT 1");
  BOOST_TEST(ask(cluster.create_database(), "SELECT to_regclass('mine') IS NULL") == "t");
  BOOST_TEST(ask(first, "SHOW fsync") == "off");
}

BOOST_AUTO_TEST_CASE(a_durable_one_writes_to_disk) {
  ThrowawayCluster cluster{true};
  const std::string url = cluster.create_database();
  for (const char* name : {"fsync", "synchronous_commit", "full_page_writes"}) {
    BOOST_TEST(ask(url, std::string{"SHOW "} + name) == "on", name);
  }
}

BOOST_AUTO_TEST_CASE(it_is_gone_afterwards) {
  fs::path directory;
  {
    ThrowawayCluster cluster;
    directory = cluster.server().status().data_directory.parent_path();
    BOOST_TEST(fs::exists(directory));
  }
  BOOST_TEST(!fs::exists(directory));
}

BOOST_AUTO_TEST_CASE(the_next_one_removes_what_killed_programs_left_behind) {
  ThrowawayDirectory parent;
  const pid_t program = in_another_program([&] {
    ThrowawayDirectory left{parent.path()};
    fast_server(left.server_directory()).start();
    ::raise(SIGKILL);
  });
  BOOST_TEST(WIFSIGNALED(wait_status_of(program)));
  const fs::path left = fs::directory_iterator {
    parent.path()
    } -> path();
  const int pid = fast_server(left / "postgres").status().pid;
  BOOST_TEST(pid > 0);
  ThrowawayDirectory next{parent.path()};
  BOOST_TEST(!fs::exists(left));
  BOOST_TEST(text_of("/proc/" + std::to_string(pid) + "/cmdline").empty());  // gone, or about to be collected
  BOOST_TEST(fs::exists(next.path()));
}

BOOST_AUTO_TEST_SUITE_END()
