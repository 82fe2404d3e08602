#pragma once
// What `seriatim migrate` says: sentences for people, JSON for programs.

#include <string>

#include "context.hpp"
#include "output.hpp"

namespace seriatim::cli {

/// As JSON has it: "online_running".
[[nodiscard]] const char* name_of(MigrationStatus::Phase phase);

/// How a migration stands, and what comes next.
[[nodiscard]] std::string sentence(const MigrationStatus& status);

/// What a migration would cost: lines, or members of the object that is being written.
void print_impact(const MigrationImpact& impact);
void put_impact(JsonWriter& json, const MigrationImpact& impact);

void print_rehearsal(const Context& context, const std::string& domain, const MigrationRehearsal& rehearsal);

enum class Step : std::uint8_t { online, offline, rollback };

void print_result(const Context& context, const std::string& domain, const MigrationResult& result, Step step);

}  // namespace seriatim::cli
