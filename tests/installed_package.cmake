# Installs what BUILD holds and uses it from outside, as a newcomer does: the README's domain is built by find_package, and
# again by pkg-config, the installed program loads it, and the installed test kit tests it.
#   cmake -DBUILD=<build folder> -DSOURCE=<sources> -DCXX=<compiler> -DFLAGS=<flags> -DWORK=<folder> -P installed_package.cmake

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ended with ${result}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(require_text text wanted)
  if(NOT text MATCHES "${wanted}")
    message(FATAL_ERROR "\"${wanted}\" is missing in: ${text}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/prefix")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")

run("${CMAKE_COMMAND}" -S "${SOURCE}/tests/readme" -B "${WORK}/blog" "-DCMAKE_PREFIX_PATH=${prefix}"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${FLAGS}")
run("${CMAKE_COMMAND}" --build "${WORK}/blog" --target blog)
run("${prefix}/bin/seriatim" plugin check "${WORK}/blog/libblog.so")
require_text("${output}" "blog")
run("${prefix}/bin/seriatim" --version)
require_text("${output}" "${VERSION}")

# The test kit, as the tests of a project of one's own use it.
run("${CMAKE_COMMAND}" -S "${SOURCE}/tests/outside" -B "${WORK}/outside" "-DCMAKE_PREFIX_PATH=${prefix}"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${FLAGS}")
run("${CMAKE_COMMAND}" --build "${WORK}/outside")
run("${WORK}/outside/blog_test")
require_text("${output}" "3 scenarios hold")

# With pkg-config alone: a program that links the framework and prints what it was built against.
file(WRITE "${WORK}/program.cpp" "#include <seriatim/seriatim.hpp>\n#include <cstdio>\n"
     "int main() { std::puts(seriatim::uuid_text(seriatim::parse_uuid(\"00000000-0000-4000-8000-000000000001\").value()).c_str()); }\n")
set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
run(pkg-config --cflags --libs "seriatim >= ${VERSION}")
string(STRIP "${output}" flags)
separate_arguments(flags UNIX_COMMAND "${flags}")
separate_arguments(more UNIX_COMMAND "${FLAGS}")
run("${CXX}" ${more} "${WORK}/program.cpp" -o "${WORK}/program" ${flags} "-Wl,-rpath,${prefix}/${LIBDIR}")
run(pkg-config --exists "seriatim-testing = ${VERSION}")
run("${WORK}/program")
require_text("${output}" "00000000-0000-4000-8000-000000000001")
file(REMOVE_RECURSE "${WORK}")
