#include "seriatim/local_postgres.hpp"

#include <cstdlib>

#include "runtime/postgres_cluster.hpp"

namespace seriatim {
namespace {

namespace fs = std::filesystem;

}  // namespace

LocalPostgres::LocalPostgres(Settings settings) : cluster_{std::make_shared<const Cluster>(std::move(settings))} {}

std::string LocalPostgres::url() const {
  return cluster_->url(cluster_->settings.database);
}

std::string LocalPostgres::start() {
  cluster_->check_owner();
  if (Cluster::answers(url())) return url();
  runtime::make_directories(cluster_->data.parent_path());
  const auto lock = cluster_->lock();
  cluster_->check_owner();
  cluster_->check_contents();
  if (!cluster_->settle()) {
    runtime::end_postgres_processes_in(cluster_->unfinished());
    runtime::remove_tree(cluster_->unfinished());
    const auto programs = runtime::find_postgres_programs(cluster_->user, std::atoi(cluster_->version().c_str()));
    cluster_->link();
    if (!cluster_->exists()) cluster_->initialise(programs);
    cluster_->launch(programs);
  }
  cluster_->create_database();
  return url();
}

void LocalPostgres::stop() {
  cluster_->check_owner();
  if (!cluster_->exists()) return;
  const auto lock = cluster_->lock();
  cluster_->stop();
}

void LocalPostgres::remove() {
  cluster_->check_owner();
  std::error_code error;
  const fs::path& given = cluster_->settings.directory;
  if (!fs::exists(cluster_->data) && !fs::exists(cluster_->unfinished()) && !fs::is_symlink(given)) return;
  const auto lock = cluster_->lock();
  cluster_->check_contents();
  cluster_->stop();
  for (const fs::path& directory : {cluster_->unfinished(), cluster_->data, cluster_->sockets}) {
    runtime::end_postgres_processes_in(directory);
    runtime::remove_tree(directory);
  }
  if (fs::is_symlink(given, error) && !fs::exists(given, error)) fs::remove(given, error);
  lock.remove_file();
}

LocalPostgres::Status LocalPostgres::status() const {
  cluster_->check_owner();
  Status status;
  status.data_directory = cluster_->data;
  status.socket_directory = cluster_->sockets;
  if (!cluster_->exists()) return status;
  status.version = cluster_->version();
  status.pid = cluster_->server_pid();
  status.state = status.pid == 0 ? Status::State::stopped : Status::State::unreachable;
  const std::string version = cluster_->running_version();
  if (version.empty()) return status;
  status.version = version;
  status.state = Status::State::running;
  return status;
}

}  // namespace seriatim
