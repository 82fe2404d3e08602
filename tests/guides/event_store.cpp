// What docs/event-store.md and docs/gdpr.md show.

#include "seriatim/seriatim.hpp"

namespace guides::event_store {

void send(const seriatim::LoggedEvent& event);
void save(const std::string& mark);

void follow(seriatim::Application& app, const std::string& saved) {
  seriatim::Mark mark = seriatim::Mark::parse(saved);  // seriatim::Mark{}: from the beginning
  mark = app.events().events_since(mark, [](const seriatim::LoggedEvent& event, const seriatim::Mark& here) {
    send(event);
    save(here.to_string());  // after each event, or only at the end
  });
  save(mark.to_string());
}

void forget(const seriatim::Options& options, const std::vector<seriatim::AggregateId>& ids) {
  seriatim::Deletion deletion{options};  // with the address of the store's owner
  deletion.delete_streams(ids);
  deletion.delete_commands(ids);
}

}  // namespace guides::event_store
