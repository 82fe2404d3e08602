# The Debian packages: `cpack -G DEB` in the build folder, or tools/package. `seriatim` holds the program and the library that it
# and plugins need; `seriatim-dev` the headers, the test kit and the CMake package.
set(CPACK_PACKAGE_CONTACT "The seriatim authors <seriatim@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The test kit's library needs the one of the other package, which is on no system path yet.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_CURRENT_BINARY_DIR}/framework)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME seriatim)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION database)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "The program seriatim, and the library that it and its plugins need.")
# The server may be on another machine; the private one of a project wants its programs.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS postgresql)

set(CPACK_DEBIAN_DEV_PACKAGE_NAME seriatim-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEV_DESCRIPTION
    "Headers, test kit and CMake package, for domains and for programs that link the library.")
# The headers show Boost, in the version that was built with; tests of domains are written with Boost.Test.
set(boost ${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR})
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "seriatim (= ${PROJECT_VERSION}), libboost${boost}-dev, libboost-json${boost}-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "g++, cmake (>= 3.25), ninja-build, libboost-test${boost}-dev")

install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE RENAME copyright COMPONENT runtime DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/seriatim)
install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE RENAME copyright COMPONENT dev DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/seriatim-dev)
include(CPack)
