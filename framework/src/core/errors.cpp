#include "seriatim/errors.hpp"

namespace seriatim {

const char* to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::usage: return "usage";
    case ErrorCode::configuration: return "configuration";
    case ErrorCode::serialization: return "serialization";
    case ErrorCode::deserialization: return "deserialization";
    case ErrorCode::command_not_valid: return "command_not_valid";
    case ErrorCode::unknown_command: return "unknown_command";
    case ErrorCode::domain: return "domain";
    case ErrorCode::aggregate_not_found: return "aggregate_not_found";
    case ErrorCode::aggregate_type: return "aggregate_type";
    case ErrorCode::non_unique_aggregate: return "non_unique_aggregate";
    case ErrorCode::optimistic_locking: return "optimistic_locking";
    case ErrorCode::integrity: return "integrity";
    case ErrorCode::not_managed: return "not_managed";
    case ErrorCode::record_not_found: return "record_not_found";
    case ErrorCode::publish: return "publish";
    case ErrorCode::projector_migrating: return "projector_migrating";
    case ErrorCode::concurrent_migration: return "concurrent_migration";
    case ErrorCode::migration_not_started: return "migration_not_started";
    case ErrorCode::migration: return "migration";
    case ErrorCode::store_not_installed: return "store_not_installed";
    case ErrorCode::plugin: return "plugin";
    case ErrorCode::database: return "database";
    case ErrorCode::transient: return "transient";
    case ErrorCode::connection_lost: return "connection_lost";
    case ErrorCode::in_doubt: return "in_doubt";
    case ErrorCode::aggregate_key_not_unique: return "aggregate_key_not_unique";
    case ErrorCode::workflow_depth: return "workflow_depth";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::idempotency_key_reused: return "idempotency_key_reused";
    case ErrorCode::store_not_adopted: return "store_not_adopted";
    case ErrorCode::domain_mismatch: return "domain_mismatch";
    case ErrorCode::pipeline_full: return "pipeline_full";
    case ErrorCode::pipeline_stopped: return "pipeline_stopped";
  }
  return "unknown";
}

}  // namespace seriatim
