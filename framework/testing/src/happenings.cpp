#include "happenings.hpp"

#include "core/aggregate_access.hpp"

namespace seriatim::testing {
namespace {

struct LetHappenHandler {
  using Commands = types<LetHappen>;
  std::shared_ptr<const NextHappening> next{};
  void handle(const LetHappen& /*command*/, Repository& repository) const {
    apply(*next->happening, *next->registry, repository);
  }
};

const core::RegisteredAggregate& registered(const core::Registry& registry, const AggregateBase& aggregate) {
  const std::string_view cpp_name = typeid(aggregate).name();
  for (const core::RegisteredAggregate& known : registry.aggregates()) {
    if (known.type->cpp_name == cpp_name) return known;
  }
  throw_error<ErrorCode::usage>("events cannot happen to aggregate " + uuid_text(aggregate.id()) +
                                ", because no domain registers its type: add .aggregate<...>() to its domain");
}

}  // namespace

void apply(const Happening& happening, const core::Registry& registry, Repository& repository) {
  AggregateBase& aggregate = happening.find_or_add(repository, happening.aggregate_id);
  const core::RegisteredAggregate& known = registered(registry, aggregate);
  for (const auto& [type, event] : happening.events) {
    attributes::Value copy = event;
    attributes::cut_timestamps(*type.attributes, copy.get(), stored_timestamp_digits);
    if (const auto fold = known.folds[registry.event(type.name)]) {
      fold(core::AggregateAccess::state(aggregate), copy.get());
    }
    core::AggregateAccess::record(aggregate, type, copy.get());
  }
}

Domain kit_domain(std::shared_ptr<const NextHappening> next) {
  Domain domain{"seriatim test kit"};
  domain.handler(LetHappenHandler{std::move(next)});
  return domain;
}

}  // namespace seriatim::testing
