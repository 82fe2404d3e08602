# Run by seriatim_embed_sql: writes OUTPUT, a C++ file that defines FUNCTION over the texts of FILES.
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  string(APPEND entries "    {\"${name}\", R\"SQL(${text})SQL\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new"
"#include <array>
#include <span>

#include \"seriatim/view_versions.hpp\"

std::span<const seriatim::SqlFile> ${FUNCTION}();

std::span<const seriatim::SqlFile> ${FUNCTION}() {
  static const seriatim::SqlFile files[] = {
${entries}  };
  return files;
}
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUTPUT}.new")
