#pragma once
// The view verifier on PostgreSQL.

#include "seriatim/view_verifier.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// See ViewVerifier. The store must outlive it. A connection is opened when it is needed.
class PostgresVerifier final : public ViewVerifier {
 public:
  PostgresVerifier(std::string url, const postgres::PostgresStore& store, std::size_t domain)
      : url_{std::move(url)}, store_{store}, domain_{store.registry().domains()[domain]} {}

  VerificationResult verify(const VerificationOptions& options,
                            const std::function<void(const VerificationProgress&)>& report,
                            const std::function<bool()>& cancelled) override;

 private:
  std::string url_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
};

}  // namespace seriatim::migrations
