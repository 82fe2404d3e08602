# seriatim_add_plugin(<name> SOURCES <file>... [SQL_DIRECTORY <dir>] [LINK <target>...])
# Builds a domain twice from the same sources: the plugin lib<name>.so that the seriatim program loads, and the static
# library <name>_domain for programs that link the domain. The view SQL of SQL_DIRECTORY is embedded in both, as
# `std::span<const seriatim::SqlFile> <name>_view_sql()`. A view table without %SUFFIX% is refused here.
include("${CMAKE_CURRENT_LIST_DIR}/EmbedSql.cmake")

function(seriatim_check_view_sql file)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  if(NOT name MATCHES "_[0-9]+\\.sql$" AND NOT text MATCHES "%SUFFIX%")
    message(FATAL_ERROR "${file} does not contain %SUFFIX%: write it into every name that the file creates "
                        "(tables, indexes), so that a new version can be built beside the live one")
  endif()
endfunction()

function(seriatim_add_plugin name)
  cmake_parse_arguments(PLUGIN "" "SQL_DIRECTORY" "SOURCES;LINK" ${ARGN})
  add_library(${name}_domain STATIC ${PLUGIN_SOURCES})
  add_library(${name} MODULE ${PLUGIN_SOURCES})
  target_compile_definitions(${name} PRIVATE SERIATIM_BUILDING_PLUGIN)
  set_target_properties(${name}_domain PROPERTIES POSITION_INDEPENDENT_CODE ON)
  foreach(target ${name} ${name}_domain)
    target_link_libraries(${target} PUBLIC seriatim::seriatim ${PLUGIN_LINK})
  endforeach()
  if(PLUGIN_SQL_DIRECTORY)
    file(GLOB sql CONFIGURE_DEPENDS "${PLUGIN_SQL_DIRECTORY}/*.sql")
    if(NOT sql)
      message(FATAL_ERROR "plugin ${name}: there is no .sql file in ${PLUGIN_SQL_DIRECTORY}: put <table>.sql there for each "
                          "record, or leave SQL_DIRECTORY out")
    endif()
    foreach(file ${sql})
      seriatim_check_view_sql("${file}")
    endforeach()
    seriatim_embed_sql(${name} ${name}_view_sql FILES ${sql})
    seriatim_embed_sql(${name}_domain ${name}_view_sql FILES ${sql})
  endif()
endfunction()
