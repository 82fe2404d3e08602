// What docs/view-migrations.md shows.

#include "migrations/wallet/view_versions.hpp"
#include "seriatim/seriatim.hpp"

namespace wallet {

seriatim::ViewVersions three_versions() {
  return seriatim::ViewVersions{}
      .version(1, {seriatim::replay<WalletProjector>()})
      .version(2, {seriatim::replay<TransactionProjector>()})
      .version(3, {seriatim::alter_table<WalletRecord>()});
}

}  // namespace wallet

namespace guides::view_migrations {

struct ColourProjector {
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
};

}  // namespace guides::view_migrations
