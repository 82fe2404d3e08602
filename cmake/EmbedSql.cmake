# seriatim_embed_sql(<target> <function> FILES <file>...)
# Compiles SQL files into <target> as `std::span<const seriatim::SqlFile> <function>()`, so that a program and its SQL
# are always of one version. The files are watched: a change rebuilds the target.
set(SERIATIM_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/embed_sql_script.cmake")

function(seriatim_embed_sql target function)
  cmake_parse_arguments(EMBED "" "" "FILES" ${ARGN})
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${target}_${function}.cpp")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DFUNCTION=${function}" "-DFILES=${EMBED_FILES}"
            -P "${SERIATIM_EMBED_SCRIPT}"
    DEPENDS ${EMBED_FILES} "${SERIATIM_EMBED_SCRIPT}"
    COMMENT "Embedding SQL into ${target}"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
