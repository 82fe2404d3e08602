#include "pipeline/batch_store.hpp"

#include <algorithm>
#include <utility>

#include "core/aggregate_access.hpp"
#include "core/unit_of_work.hpp"
#include "store/postgres/key_statements.hpp"
#include "store/postgres/lease.hpp"
#include "store/postgres/stream_loader.hpp"

namespace seriatim::pipeline {
namespace {

/// What a misfit is thrown as: nothing that handlers would take for a failure of their own.
struct DoesNotFit {};

/// The transaction of one command. What it changes is given to the batch by `commit`, and forgotten without. A handler may
/// catch what the store failed with, and go on; the command fails with it all the same, as what it did since rests on nothing.
class MemberTransaction final : public store::Transaction {
 public:
  explicit MemberTransaction(BatchState& batch) : batch_{batch} {}

  bool load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) override;
  void load_all(std::span<const AggregateId> ids,
                const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                core::TypeIndex snapshots_of) override;
  bool load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) override;
  void append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
              Timestamp created_at) override;
  void require_version(const AggregateId& id, std::int32_t version) override;
  void store_receipts(const store::Receipts& receipts) override;
  /// Projectors are called when the batch is written.
  views::Persistor& persistor(std::size_t domain) override;
  void attribute_to(std::string_view projector, const EventHeader& header, std::string_view event_type) override;
  void run(const SqlStatement& statement) override;
  [[nodiscard]] std::optional<AggregateId> find_unique_key(std::string_view scope, const std::string& key) override;
  void change_keys(const store::KeyChanges& changes) override;
  void commit() override;
  void confirm() override { throw_if_failed(); }
  void keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) override { batch_.keep(std::move(aggregates)); }
  [[nodiscard]] bool keeps() const noexcept override { return true; }

 private:
  /// Does what may fail without being the command's fault, and keeps what it fails with.
  template <class Step>
  auto attempt(Step&& step);
  void throw_if_failed() const;
  [[noreturn]] void refuse(Misfit misfit);
  void load_unread(std::span<const AggregateId> ids);
  template <class Statement>
  pqxx::result ask(Statement&& statement);
  [[nodiscard]] postgres::StreamLoader loader();
  bool hand_over(const AggregateId& id, store::StreamReader& reader);
  bool read_alone(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of);
  void append(const store::StreamAppend& stream, std::size_t command, Timestamp created_at);

  BatchState& batch_;
  Pending pending_;
  std::exception_ptr failure_;  ///< The last one, of the store.
};

template <class Step>
auto MemberTransaction::attempt(Step&& step) {
  try {
    return step();
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

void MemberTransaction::throw_if_failed() const {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

void MemberTransaction::refuse(Misfit misfit) {
  batch_.note(misfit);
  failure_ = std::make_exception_ptr(DoesNotFit{});
  std::rethrow_exception(failure_);
}

void MemberTransaction::commit() {
  throw_if_failed();
  batch_.accept(std::move(pending_));
}

void MemberTransaction::load_unread(std::span<const AggregateId> ids) {
  attempt([&] { batch_.load(ids); });
}

/// Asks the database, outside of any transaction. `statement` makes the text for a connection.
template <class Statement>
pqxx::result MemberTransaction::ask(Statement&& statement) {
  const postgres::Loan connection = attempt([&] { return postgres::Loan{batch_.store().pool()}; });
  attempt([&] { batch_.move_to(connection->server()); });
  const std::string sql = statement(*connection);
  return attempt([&] { return connection->execute(sql); });
}

postgres::StreamLoader MemberTransaction::loader() {
  return {batch_.store(), [this](const std::string& sql) { return ask([&](const auto&) -> const std::string& { return sql; }); }};
}

bool MemberTransaction::hand_over(const AggregateId& id, store::StreamReader& reader) {
  const core::CachedAggregate* kept = batch_.find(id);
  if (kept == nullptr) return false;
  reader.stream(batch_.registry().aggregates()[kept->type].type->name);
  const AggregateBase& aggregate = *kept->aggregate;
  reader.state(core::AggregateAccess::stored(aggregate), core::AggregateAccess::state(aggregate));
  return true;
}

/// What the batch could not read: the reader finds out why.
bool MemberTransaction::read_alone(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) {
  return loader().load(id, reader, snapshots_of).has_value();
}

bool MemberTransaction::load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) {
  load_unread({&id, 1});
  if (hand_over(id, reader)) return true;
  return !batch_.absent(id) && read_alone(id, reader, snapshots_of);
}

void MemberTransaction::load_all(std::span<const AggregateId> ids,
                                 const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                                 core::TypeIndex snapshots_of) {
  load_unread(ids);
  for (const AggregateId& id : ids) {
    if (!batch_.absent(id)) load(id, reader_of(id), snapshots_of);
  }
}

bool MemberTransaction::load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) {
  if (batch_.changed(id)) refuse(Misfit::next_batch);
  if (pending_.streams.count(id) != 0) refuse(Misfit::alone);
  return loader().load_past(id, point, reader);
}

void MemberTransaction::append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
                               Timestamp created_at) {
  for (const store::StreamAppend& stream : streams) append(stream, pending_.commands.size(), created_at);
  pending_.commands.push_back({command.type, *command.command, command.json});
}

void MemberTransaction::append(const store::StreamAppend& stream, std::size_t command, Timestamp created_at) {
  const AggregateId& id = stream.aggregate_id;
  const auto known = pending_.streams.find(id);
  if (known == pending_.streams.end()) {
    // Only one that is added without a look can be there already, and `execute` knows what to say then.
    const auto versions = batch_.versions(id);
    if (versions && versions->now != stream.expected_version) refuse(Misfit::alone);
    pending_.streams.emplace(id, store::BatchStream{stream.aggregate_type, stream.expected_version,
                                                    stream.expected_version, stream.partition_key, created_at});
  }
  store::BatchStream& continued = pending_.streams.at(id);
  if (continued.after != stream.expected_version) refuse(Misfit::alone);
  for (const store::StreamAppend::NewEvent& event : stream.events) {
    pending_.events.push_back({id, ++continued.after, event.type, event.json, command, created_at});
  }
}

void MemberTransaction::require_version(const AggregateId& id, std::int32_t version) {
  if (pending_.streams.count(id) != 0) refuse(Misfit::alone);
  load_unread({&id, 1});
  const auto versions = batch_.versions(id);
  if (!versions) refuse(Misfit::alone);
  (void)batch_.find(id);  // The answer rests on it, whichever it is.
  if (versions->now != version) core::throw_mismatch(id, version, versions->now);
  if (!batch_.changed(id)) pending_.required.emplace(id, versions->before);
}

void MemberTransaction::store_receipts(const store::Receipts& receipts) {
  if (batch_.has_receipt(receipts.keys)) refuse(Misfit::next_batch);
  pending_.receipts = receipts;
}

views::Persistor& MemberTransaction::persistor(std::size_t /*domain*/) { refuse(Misfit::alone); }

void MemberTransaction::attribute_to(std::string_view /*projector*/, const EventHeader& /*header*/,
                                     std::string_view /*event_type*/) {}

void MemberTransaction::run(const SqlStatement& /*statement*/) { refuse(Misfit::alone); }

std::optional<AggregateId> MemberTransaction::find_unique_key(std::string_view scope, const std::string& key) {
  if (batch_.has_key_changes()) refuse(Misfit::next_batch);
  const pqxx::result rows = ask([&](const postgres::Connection& connection) {
    return postgres::find_unique_key_statement(connection, batch_.store().names(), scope, key);
  });
  if (rows.empty()) return std::nullopt;
  return parse_uuid(rows[0][0].c_str());
}

void MemberTransaction::change_keys(const store::KeyChanges& changes) {
  if (!batch_.fits(changes, pending_.streams)) refuse(Misfit::next_batch);
  pending_.keys = changes;
}

}  // namespace

std::unique_ptr<store::Transaction> BatchStore::begin(std::span<const views::LiveViews> /*view_versions*/) {
  return std::make_unique<MemberTransaction>(batch_);
}

std::int32_t BatchStore::version(const AggregateId& id) {
  const auto versions = batch_.versions(id);
  return versions ? versions->now : batch_.store().version(id);
}

std::vector<store::FoundReceipt> BatchStore::find_receipts(const std::vector<std::string>& keys,
                                                           const std::string& request) {
  return batch_.store().find_receipts(keys, request);
}

std::vector<views::LiveViews> BatchStore::view_versions() { return batch_.store().view_versions(); }

}  // namespace seriatim::pipeline
