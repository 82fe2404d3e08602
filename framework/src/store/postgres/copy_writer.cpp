#include "store/postgres/copy_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"

#if PQXX_VERSION_MAJOR < 7
#include <pqxx/tablewriter>
#endif

namespace seriatim::postgres {
namespace {

void refuse_zero(const std::string& text, std::size_t start) {
  if (text.find('\0', start) == std::string::npos) return;
  throw_error<ErrorCode::serialization>("a text contains U+0000, which PostgreSQL cannot store");
}

}  // namespace

#if PQXX_VERSION_MAJOR < 7

namespace {

using attributes::Kind;

constexpr std::size_t bytes_a_message = std::size_t{1} << 16U;

/// Whether the text of such values may contain characters that COPY gives a meaning.
bool needs_escaping(const attributes::Type& type) {
  if (type.kind == Kind::optional) return needs_escaping(*type.element);
  return type.kind == Kind::string || type.kind == Kind::enumeration || type.kind == Kind::list ||
         type.kind == Kind::object;
}

char escape_of(char c) {
  switch (c) {
    case '\\':
      return '\\';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    default:
      return '\0';
  }
}

/// Whether COPY would not take the character for itself, or not at all.
bool needs_care(char c) { return c == '\\' || (static_cast<unsigned char>(c) < ' ' && (c == '\0' || escape_of(c) != '\0')); }

/// Escapes what `out` holds from `start` on, in place of it.
void escape_tail(std::string& out, std::size_t start) {
  const auto first = std::find_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), needs_care);
  if (first == out.end()) return;
  refuse_zero(out, start);
  const std::string plain{first, out.end()};
  out.erase(first, out.end());
  for (const char c : plain) {
    const char letter = escape_of(c);
    if (letter != '\0') out += '\\';
    out += letter != '\0' ? letter : c;
  }
}

}  // namespace

/// libpqxx 6: its `stream_to` neither takes raw lines nor containers, at least not so that a compiler understood it.
/// The older `tablewriter` takes raw lines, even many in one string, which is what makes it fast. The table's name and
/// the columns are pasted into the statement as they are.
class CopyWriter::Stream {
 public:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  Stream(Connection& connection, const RecordType& type, const std::string& table)
      : work_{connection.raw()}, columns_{column_list(type)}, writer_{work_, table, columns_.begin(), columns_.end()} {}
#pragma GCC diagnostic pop

  void write(const RecordType& type, const void* record) {
    const std::size_t start = lines_.size();
    try {
      append_line(type, record);
    } catch (const std::exception&) {
      lines_.resize(start);
      throw;
    }
    if (lines_.size() >= bytes_a_message) send();
  }

  void complete() {
    if (!lines_.empty()) send();
    writer_.complete();
  }

  /// Makes the server refuse everything: libpqxx has no other way to end a COPY without storing its rows.
  void abort(std::size_t columns) {
    lines_.assign(columns + 1, '\t');
    send();
    writer_.complete();
  }

 private:
  void append_line(const RecordType& type, const void* record) {
    bool first = true;
    for (const attributes::Member& column : type.columns()) {
      if (!first) lines_ += '\t';
      first = false;
      const std::size_t start = lines_.size();
      if (!append_value_text(lines_, *column.type, column.address(record))) {
        lines_ += "\\N";
      } else if (needs_escaping(*column.type)) {
        escape_tail(lines_, start);
      }
    }
    lines_ += '\n';  // Of each row, so that one of a single empty text is there, too.
  }

  void send() {
    writer_.write_raw_line(lines_);  // It takes the last line break away, and adds it itself.
    lines_.clear();
  }

  pqxx::nontransaction work_;
  std::vector<std::string> columns_;
  pqxx::tablewriter writer_;
  std::string lines_;
};

#else

/// libpqxx 7: rows of text fields, which the library escapes. The table's name and the columns are quoted by us.
class CopyWriter::Stream {
 public:
  Stream(Connection& connection, const RecordType& type, const std::string& table)
      : work_{connection.raw()},
        stream_{pqxx::stream_to::raw_table(work_, table, column_list(type))},
        texts_(type.columns().size()),
        fields_(type.columns().size()) {}

  void write(const RecordType& type, const void* record) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const attributes::Member& column = type.columns()[i];
      texts_[i].clear();
      fields_[i].reset();
      if (!append_value_text(texts_[i], *column.type, column.address(record))) continue;
      refuse_zero(texts_[i], 0);
      fields_[i] = texts_[i];
    }
    stream_ << fields_;
  }

  void complete() { stream_.complete(); }

  /// Makes the server refuse everything: libpqxx has no other way to end a COPY without storing its rows.
  void abort(std::size_t columns) {
    stream_ << std::vector<std::string_view>(columns + 1, "");
    stream_.complete();
  }

 private:
  pqxx::nontransaction work_;
  pqxx::stream_to stream_;
  std::vector<std::string> texts_;
  std::vector<std::optional<std::string_view>> fields_;
};

#endif

CopyWriter::CopyWriter(Connection& connection, const RecordType& type, std::string_view schema, std::string_view suffix)
    : type_{type} {
  try {
    stream_ = std::make_unique<Stream>(connection, type, quoted_name(schema, std::string{type.table}.append(suffix)));
  } catch (const std::exception&) {
    throw_translated(Phase::work);
  }
}

CopyWriter::~CopyWriter() {
  if (stream_ == nullptr) return;
  try {
    stream_->abort(type_.columns().size());
  } catch (const std::exception&) {
    // The server's refusal, which was asked for; or a lost connection, which stores nothing either.
  }
}

void CopyWriter::write(const void* record) {
  try {
    stream_->write(type_, record);
  } catch (const std::exception&) {
    throw_translated(Phase::work);
  }
}

void CopyWriter::complete() {
  const std::unique_ptr<Stream> stream = std::move(stream_);
  try {
    stream->complete();
  } catch (const std::exception&) {
    throw_translated(Phase::work);
  }
}

}  // namespace seriatim::postgres
