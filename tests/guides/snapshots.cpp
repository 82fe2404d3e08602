// What docs/snapshots.md shows.

#include "seriatim/seriatim.hpp"

namespace guides::snapshots {

struct FileModified {
  static constexpr std::string_view type_name = "Files::FileModified";
  std::int64_t added = 0;
};
BOOST_DESCRIBE_STRUCT(FileModified, (), (added))

class File : public seriatim::AggregateRoot<File> {
 public:
  static constexpr std::string_view type_name = "Files::File";
  using Events = seriatim::types<FileModified>;
  static constexpr seriatim::SnapshotPolicy snapshots{.threshold = 100, .version = 1};
  struct State {
    std::int64_t lines = 0;
  };
  using AggregateRoot::AggregateRoot;
  static void on(State& s, const FileModified& e) { s.lines += e.added; }
};
BOOST_DESCRIBE_STRUCT(File::State, (), (lines))

void take(seriatim::Application& app) {
  app.snapshots().take(1000);
}

}  // namespace guides::snapshots
