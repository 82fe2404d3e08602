#pragma once
// A small domain for what the wallet does not do: two aggregate types, commands over several aggregates, every projector
// operation, an event without a fold, and handlers that misbehave when asked to.

#include <functional>
#include <map>
#include <memory>

#include "seriatim/application.hpp"

namespace shelf {

using seriatim::Event;
using seriatim::Repository;
using seriatim::types;
using seriatim::Views;

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Size {
  std::int32_t width = 0;
  std::optional<double> depth;
};
BOOST_DESCRIBE_STRUCT(Size, (), (width, depth))

struct BookAdded {
  static constexpr std::string_view type_name = "Shelf::BookAdded";
  std::string title;
  Colour colour = Colour::red;
  std::optional<std::int32_t> pages;
  std::vector<std::string> tags;
  Size size;
};
BOOST_DESCRIBE_STRUCT(BookAdded, (), (title, colour, pages, tags, size))

struct BookLent {
  static constexpr std::string_view type_name = "Shelf::BookLent";
  std::int64_t days = 0;
  std::optional<seriatim::Timestamp> since;
};
BOOST_DESCRIBE_STRUCT(BookLent, (), (days, since))

/// Has no fold: legal, and ignored by the aggregate.
struct BookDusted {
  static constexpr std::string_view type_name = "Shelf::BookDusted";
};
BOOST_DESCRIBE_STRUCT(BookDusted, (), ())

struct BookLost {
  static constexpr std::string_view type_name = "Shelf::BookLost";
};
BOOST_DESCRIBE_STRUCT(BookLost, (), ())

struct BoardOpened {
  static constexpr std::string_view type_name = "Shelf::BoardOpened";
};
BOOST_DESCRIBE_STRUCT(BoardOpened, (), ())

class Book : public seriatim::AggregateRoot<Book> {
 public:
  static constexpr std::string_view type_name = "Shelf::Book";
  using Events = types<BookAdded, BookLent, BookDusted, BookLost>;
  struct State {
    std::int64_t days = 0;
    std::optional<seriatim::Timestamp> since;
  };
  using AggregateRoot::AggregateRoot;
  Book(const seriatim::AggregateId& id, const BookAdded& book) : AggregateRoot{id} { apply(book); }
  void lend(std::int64_t days, std::optional<seriatim::Timestamp> since = {}) { apply(BookLent{days, since}); }
  void lend_if_changed(std::int64_t days) { apply_if_changed(BookLent{days, {}}); }
  void dust() { apply(BookDusted{}); }
  void lose() { apply(BookLost{}); }
  [[nodiscard]] std::int64_t days() const { return state().days; }
  [[nodiscard]] std::optional<seriatim::Timestamp> since() const { return state().since; }
  static void on(State& s, const BookLent& e) {
    s.days += e.days;
    s.since = e.since;
  }
};
BOOST_DESCRIBE_STRUCT(Book::State, (), (days, since))

class Board : public seriatim::AggregateRoot<Board> {
 public:
  static constexpr std::string_view type_name = "Shelf::Board";
  using Events = types<BoardOpened>;
  struct State {
    bool open = false;
  };
  using AggregateRoot::AggregateRoot;
  explicit Board(const seriatim::AggregateId& id, bool open) : AggregateRoot{id} {
    if (open) apply(BoardOpened{});
  }
  static void on(State& s, const BoardOpened&) { s.open = true; }
};
BOOST_DESCRIBE_STRUCT(Board::State, (), (open))

/// Does to the repository whatever the test wants.
struct Act : seriatim::Command {
  static constexpr std::string_view type_name = "Shelf::Act";
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Act, (seriatim::Command), (name))

using Deeds = std::map<std::string, std::function<void(const Act&, Repository&)>>;

struct ActHandler {
  using Commands = types<Act>;
  std::shared_ptr<Deeds> deeds = std::make_shared<Deeds>();
  void handle(const Act& act, Repository& repository) const { deeds->at(act.name)(act, repository); }
};

struct BookRecord {
  static constexpr std::string_view table = "book_records";
  seriatim::Uuid aggregate_id{};
  std::string title;
  Colour colour = Colour::red;
  std::optional<std::int32_t> pages;
  std::vector<std::string> tags;
  Size size;
  std::int64_t days = 0;
  bool dusted = false;
  std::int32_t sequence_number = 0;
  seriatim::Timestamp updated_at{};
};
BOOST_DESCRIBE_STRUCT(BookRecord, (),
                      (aggregate_id, title, colour, pages, tags, size, days, dusted, sequence_number, updated_at))

/// One row a colour: fed by many aggregates.
struct ColourRecord {
  static constexpr std::string_view table = "colour_records";
  Colour colour = Colour::red;
  std::int32_t books = 0;
};
BOOST_DESCRIBE_STRUCT(ColourRecord, (), (colour, books))

struct ForeignRecord {
  static constexpr std::string_view table = "foreign_records";
  seriatim::Uuid aggregate_id{};
};
BOOST_DESCRIBE_STRUCT(ForeignRecord, (), (aggregate_id))

struct BookProjector {
  static constexpr std::string_view type_name = "BookProjector";
  using Manages = seriatim::records<BookRecord>;
  using Events = types<BookAdded, BookLent, BookDusted, BookLost>;
  bool touch_foreign = false;

  void on(const Event<BookAdded>& e, Views& views) const {
    if (touch_foreign) views.create(ForeignRecord{e.aggregate_id});
    views.create(BookRecord{e.aggregate_id, e->title, e->colour, e->pages, e->tags, e->size, 0, false, e.sequence_number,
                            e.created_at});
  }
  void on(const Event<BookLent>& e, Views& views) const {
    views.update_one<BookRecord>(by_aggregate(e), {seriatim::increase(&BookRecord::days, e->days)});
  }
  void on(const Event<BookDusted>& e, Views& views) const {
    views.update<BookRecord>(by_aggregate(e), [](BookRecord& book) {
      book.dusted = true;
      book.tags.push_back("clean");
      book.pages = book.pages ? std::optional{*book.pages + 1} : std::nullopt;
    });
  }
  void on(const Event<BookLost>& e, Views& views) const { views.erase<BookRecord>(by_aggregate(e)); }
};

struct ColourProjector {
  static constexpr std::string_view type_name = "ColourProjector";
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
  using Manages = seriatim::records<ColourRecord>;
  using Events = types<BookAdded>;
  void on(const Event<BookAdded>& e, Views& views) const {
    views.create_or_update(ColourRecord{e->colour, 1}, seriatim::key(&ColourRecord::colour),
                           {seriatim::increase(&ColourRecord::books, 1)});
  }
};

inline std::span<const seriatim::SqlFile> view_sql() {
  static const seriatim::SqlFile files[] = {
      {"book_records.sql",
       "create table book_records%SUFFIX% (aggregate_id uuid, title text, colour text, pages integer, tags jsonb, size "
       "jsonb, days bigint, dusted boolean, sequence_number integer, updated_at timestamptz)"},
      {"book_records.indexes.sql", "create unique index book_records_id%SUFFIX% on book_records%SUFFIX% (aggregate_id)"},
      {"colour_records.sql", "create table colour_records%SUFFIX% (colour text, books integer)"},
      {"colour_records.indexes.sql", "create unique index colours%SUFFIX% on colour_records%SUFFIX% (colour)"}};
  return files;
}

inline seriatim::Domain domain(const std::shared_ptr<Deeds>& deeds, bool touch_foreign = false) {
  seriatim::Domain made{"shelf"};
  made.aggregate<Book>()
      .aggregate<Board>()
      .handler(ActHandler{deeds})
      .projector(BookProjector{touch_foreign})
      .projector<ColourProjector>()
      .views(seriatim::ViewVersions{}.version(1, {seriatim::replay<BookProjector>(),
                                                  seriatim::replay<ColourProjector>()}),
             view_sql());
  return made;
}

}  // namespace shelf
