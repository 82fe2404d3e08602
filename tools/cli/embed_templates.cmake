# Run by the build: writes OUTPUT, a C++ file with the texts of FILES, named by their paths below ROOT.
set(entries "")
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH path "${ROOT}" "${file}")
  file(READ "${file}" text)
  string(APPEND entries "      {\"${path}\", R\"TEMPLATE(${text})TEMPLATE\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new"
"#include \"generate/templates.hpp\"

namespace seriatim::cli::generate {

std::span<const Template> templates() {
  static const Template all[] = {
${entries}  };
  return all;
}

}  // namespace seriatim::cli::generate
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUTPUT}.new")
