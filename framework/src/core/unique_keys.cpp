#include "seriatim/unique_keys.hpp"

#include <algorithm>

namespace seriatim {
namespace {

std::string sentence(const AggregateKeyNotUnique::Refusal& refusal) {
  std::string text = refusal.aggregate_type + " " + uuid_text(refusal.aggregate_id) + " cannot have the key " + refusal.key +
                     " in scope \"" + refusal.scope + "\"";
  if (refusal.holder) text += ", because aggregate " + uuid_text(*refusal.holder) + " has it";
  return text + ": give it another one";
}

}  // namespace

UniqueKey::UniqueKey(std::initializer_list<KeyAttribute> attributes) {
  std::vector<const KeyAttribute*> sorted;
  for (const KeyAttribute& attribute : attributes) sorted.push_back(&attribute);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  if (sorted.empty()) throw_error<ErrorCode::usage>("a unique key has no attribute: name at least one");
  const auto same_name = [](const auto* a, const auto* b) { return a->name == b->name; };
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(), same_name);
  if (twice != sorted.end()) {
    throw_error<ErrorCode::usage>("a unique key has the attribute \"" + (*twice)->name + "\" twice: name it once");
  }
  for (const KeyAttribute* attribute : sorted) {
    json_ += json_.empty() ? "{" : ",";
    attributes::write_json(json_, attributes::type_of<std::string>, &attribute->name);
    json_.append(":").append(attribute->json);
    absent_ = absent_ && attribute->absent;
  }
  json_ += "}";
}

UniqueKeys::UniqueKeys(std::initializer_list<Scoped> keys) {
  for (const Scoped& scoped : keys) add(scoped.scope, scoped.key);
}

UniqueKeys& UniqueKeys::add(std::string scope, UniqueKey key) {
  if (key.absent()) return *this;
  const auto place =
      std::lower_bound(keys_.begin(), keys_.end(), scope, [](const Scoped& a, const auto& b) { return a.scope < b; });
  if (place != keys_.end() && place->scope == scope) {
    throw_error<ErrorCode::usage>("an aggregate has two unique keys in scope \"" + scope +
                                  "\": give one of them another scope");
  }
  keys_.insert(place, {std::move(scope), std::move(key)});
  return *this;
}

const UniqueKey* UniqueKeys::find(std::string_view scope) const noexcept {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Scoped& key) { return key.scope == scope; });
  return found == keys_.end() ? nullptr : &found->key;
}

AggregateKeyNotUnique::AggregateKeyNotUnique(Refusal refusal)
    : Error{ErrorCode::aggregate_key_not_unique, sentence(refusal)}, refusal_{std::move(refusal)} {}

}  // namespace seriatim
