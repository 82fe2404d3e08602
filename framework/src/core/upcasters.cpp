#include "core/upcasters.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "attributes/json_value.hpp"
#include "core/registry.hpp"

namespace seriatim::core {

void Upcasters::compile(const Registry& registry, const std::vector<const EventRules*>& rules) {
  registry_ = &registry;
  // What applies to derived types comes before their own.
  for (const EventRules* each : rules) {
    for (const std::string& derived : each->derived) add_steps(derived, *each);
  }
  for (const EventRules* each : rules) add_steps(each->name, *each);
  flags_.assign(registry.events().size(), 0);
  for (const auto& [name, chain] : chains_) {
    const TypeIndex type = registry.event(name);
    if (type != unknown_type && !chain.steps.empty()) flags_[type] = 1;
    for (const std::string_view output : chain.outputs) {
      if (registry.event(output) != unknown_type) continue;
      throw_error<ErrorCode::configuration>("events of type " + std::string{name} + " are split into " +
                                            std::string{output} + ", which no loaded domain declares");
    }
    std::vector<std::string_view> path;
    refuse_cycles(name, path);
  }
}

void Upcasters::add_steps(std::string_view name, const EventRules& rules) {
  Chain& chain = chains_[name];
  for (const UpcastStep& step : rules.steps) {
    chain.steps.push_back(&step);
    chain.outputs.insert(step.outputs.begin(), step.outputs.end());
  }
}

void Upcasters::refuse_cycles(std::string_view name, std::vector<std::string_view>& path) const {
  if (std::find(path.begin(), path.end(), name) != path.end()) {
    throw_error<ErrorCode::configuration>("events of type " + std::string{name} +
                                          " are split into events that are split into " + std::string{name} +
                                          " again: a split may come back to its own type only directly");
  }
  const Chain* found = chain(name);
  if (found == nullptr) return;
  path.push_back(name);
  for (const std::string_view output : found->outputs) {
    if (output != name) refuse_cycles(output, path);
  }
  path.pop_back();
}

const Upcasters::Chain* Upcasters::chain(std::string_view name) const {
  const auto found = chains_.find(name);
  return found == chains_.end() ? nullptr : &found->second;
}

std::string_view Upcasters::current_name(std::string_view stored_name) const {
  const TypeIndex type = registry_->event(stored_name);
  return type == unknown_type ? stored_name : registry_->events()[type].type.name;
}

bool Upcasters::knows(std::string_view stored_name) const {
  return registry_->event(stored_name) != unknown_type || chain(stored_name) != nullptr;
}

bool Upcasters::may_become(std::string_view stored_name, TypeIndex type) const {
  std::set<TypeIndex> types;
  collect(current_name(stored_name), types);
  return types.count(type) != 0;
}

void Upcasters::collect(std::string_view name, std::set<TypeIndex>& types) const {
  if (const TypeIndex type = registry_->event(name); type != unknown_type) types.insert(type);
  const Chain* found = chain(name);
  if (found == nullptr) return;
  for (const std::string_view output : found->outputs) {
    if (output != name) collect(output, types);
  }
}

/// One stored event on its way.
class Upcasters::Run {
 public:
  explicit Run(const Upcasters& upcasters) : upcasters_{upcasters} {}

  void run(std::string_view name, boost::json::object&& attributes, std::size_t from) {
    const Chain* chain = upcasters_.chain(name);
    for (std::size_t i = from; chain != nullptr && i < chain->steps.size(); ++i) {
      const UpcastStep& step = *chain->steps[i];
      if (step.change) {
        step.change(attributes);
      } else if (step.drops) {
        if (step.drops(attributes)) return;
      } else {
        return divide(step, name, attributes, i + 1);
      }
    }
    finish(name, attributes);
  }

  std::vector<CurrentEvent> take() { return std::move(results_); }

 private:
  struct Parts final : UpcastOutput {
    void add(std::string_view type, boost::json::object&& attributes) override {
      parts.emplace_back(type, std::move(attributes));
    }
    std::vector<std::pair<std::string_view, boost::json::object>> parts;
  };

  void divide(const UpcastStep& step, std::string_view name, const boost::json::object& attributes, std::size_t next) {
    Parts out;
    step.divide(attributes, out);
    for (auto& [type, part] : out.parts) run(type, std::move(part), type == name ? next : 0);
  }

  void finish(std::string_view name, const boost::json::object& attributes) {
    const TypeIndex type = upcasters_.registry_->event(name);
    if (type == unknown_type) {
      throw_error<ErrorCode::deserialization>(
          "its type is gone, and its upcasters neither split it into others nor drop it");
    }
    results_.push_back({type, {}});
    attributes::append_json(results_.back().json, attributes);
  }

  const Upcasters& upcasters_;
  std::vector<CurrentEvent> results_;
};

std::vector<CurrentEvent> Upcasters::apply(std::string_view stored_name, std::string_view json) const {
  Run run{*this};
  run.run(current_name(stored_name), attributes::parse_object(json), 0);
  return run.take();
}

}  // namespace seriatim::core

namespace seriatim {
namespace {

/// "a.b.c" -> "a", "b", "c".
std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> names(1);
  for (const char c : path) {
    if (c == '.') {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

/// The object that holds the last name of a path; null when something on the way is missing or no object. Makes what is
/// missing when asked to.
boost::json::object* holder(boost::json::object& root, const std::vector<std::string>& path, bool make) {
  boost::json::object* object = &root;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    boost::json::value* next = object->if_contains(path[i]);
    if (next == nullptr && make) next = &object->emplace(path[i], boost::json::object{}).first->value();
    if (next == nullptr || !next->is_object()) return nullptr;
    object = &next->get_object();
  }
  return object;
}

}  // namespace

std::function<void(boost::json::object&)> rename_attribute(std::string from, std::string to) {
  return [from = split_path(from), to = split_path(to)](boost::json::object& attributes) {
    boost::json::object* source = holder(attributes, from, false);
    if (source == nullptr || !source->contains(from.back())) return;
    const boost::json::object* present = holder(attributes, to, false);
    if (present != nullptr && present->contains(to.back())) return;
    boost::json::value value = std::move(*source->if_contains(from.back()));
    source->erase(from.back());
    boost::json::object* target = holder(attributes, to, true);
    if (target == nullptr) {
      throw_error<ErrorCode::deserialization>("the attribute that is to hold \"" + to.back() + "\" is no object");
    }
    target->emplace(to.back(), std::move(value));
  };
}

}  // namespace seriatim
