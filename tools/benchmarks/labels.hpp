#pragma once
// A domain that uses what costs time around a command: validation, a unique key that moves each time, and a workflow that
// issues a second command.

#include "seriatim/seriatim.hpp"

namespace bench::labels {

using seriatim::Event;
using seriatim::Repository;
using seriatim::types;

struct Renamed {
  static constexpr std::string_view type_name = "Bench::Renamed";
  std::string label;
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (label))

struct Noted {
  static constexpr std::string_view type_name = "Bench::Noted";
};
BOOST_DESCRIBE_STRUCT(Noted, (), ())

class Thing : public seriatim::AggregateRoot<Thing> {
 public:
  static constexpr std::string_view type_name = "Bench::Thing";
  using Events = types<Renamed, Noted>;
  struct State {
    std::string label;
  };
  using AggregateRoot::AggregateRoot;
  void rename(std::string label) { apply(Renamed{std::move(label)}); }
  void note() { apply(Noted{}); }
  static void on(State& s, const Renamed& e) { s.label = e.label; }
  static seriatim::UniqueKeys unique_keys(const State& s) { return {{"bench_label", {{"label", s.label}}}}; }
};
BOOST_DESCRIBE_STRUCT(Thing::State, (), (label))

struct Rename : seriatim::Command {
  static constexpr std::string_view type_name = "Bench::Rename";
  std::string label;
};
BOOST_DESCRIBE_STRUCT(Rename, (seriatim::Command), (label))

inline void validate(const Rename&, seriatim::Validation& v) {
  v.presence(&Rename::label);
  v.length(&Rename::label, 1, 100);
}

struct Note : seriatim::Command {
  static constexpr std::string_view type_name = "Bench::Note";
};
BOOST_DESCRIBE_STRUCT(Note, (seriatim::Command), ())

struct ThingHandler {
  using Commands = types<Rename, Note>;
  void handle(const Rename& c, Repository& things) const { things.find_or_add<Thing>(c.aggregate_id).rename(c.label); }
  void handle(const Note& c, Repository& things) const { things.load<Thing>(c.aggregate_id).note(); }
};

struct NotingWorkflow {
  static constexpr std::string_view type_name = "Bench::NotingWorkflow";
  using Events = types<Renamed>;
  void on(const Event<Renamed>& e, seriatim::Workflow& workflow) const {
    Note note;
    note.aggregate_id = e.aggregate_id;
    workflow.execute(note);
  }
};

[[nodiscard]] inline seriatim::Domain domain() {
  seriatim::Domain domain{"labels"};
  domain.aggregate<Thing>().handler<ThingHandler>().workflow<NotingWorkflow>();
  return domain;
}

}  // namespace bench::labels
