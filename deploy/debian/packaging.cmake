# What is installed, and the Debian packages that CPack makes of it: deploy/debian/build.
set(AGREEMENTS_CMAKEDIR ${CMAKE_INSTALL_LIBDIR}/cmake/agreements)

# agreements-server
install(TARGETS agreements-server agreements-admin
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(FILES ${AGREEMENTS_PROTOSET} DESTINATION ${CMAKE_INSTALL_DATADIR}/agreements COMPONENT server)

# agreementsctl, its manual page and completions
install(TARGETS agreementsctl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
set(AGREEMENTSCTL_DOCUMENTS ${PROJECT_BINARY_DIR}/client/cli)
install(FILES ${AGREEMENTSCTL_DOCUMENTS}/agreementsctl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tool)
install(FILES ${AGREEMENTSCTL_DOCUMENTS}/agreementsctl.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tool RENAME agreementsctl)
install(FILES ${AGREEMENTSCTL_DOCUMENTS}/_agreementsctl
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT tool)

# libagreements-client1, libagreements-client-dev
install(TARGETS agreements_client_shared agreements_client_testing_installed EXPORT agreements
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY client/agreements DESTINATION ${AGREEMENTS_INCLUDEDIR} COMPONENT development)
install(FILES proto/agreements/errors.h DESTINATION ${AGREEMENTS_INCLUDEDIR}/agreements COMPONENT development)
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/agreements ${PROJECT_BINARY_DIR}/proto/google
  DESTINATION ${AGREEMENTS_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN *.h)
install(DIRECTORY proto/agreements proto/google
  DESTINATION ${CMAKE_INSTALL_DATADIR}/agreements/proto COMPONENT development FILES_MATCHING PATTERN *.proto)
install(PROGRAMS deploy/local/database DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT development
  RENAME agreements-database)

# find_package(agreements 1 CONFIG) and pkg-config.
include(CMakePackageConfigHelpers)
install(EXPORT agreements NAMESPACE agreements:: FILE agreementsTargets.cmake
  DESTINATION ${AGREEMENTS_CMAKEDIR} COMPONENT development)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/agreementsConfig.cmake.in
  ${PROJECT_BINARY_DIR}/agreementsConfig.cmake INSTALL_DESTINATION ${AGREEMENTS_CMAKEDIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/agreementsConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/agreementsConfig.cmake ${PROJECT_BINARY_DIR}/agreementsConfigVersion.cmake
  DESTINATION ${AGREEMENTS_CMAKEDIR} COMPONENT development)
configure_file(${CMAKE_CURRENT_LIST_DIR}/agreements-client.pc.in ${PROJECT_BINARY_DIR}/agreements-client.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/agreements-client.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

# All that is packed. Packing must not build the tests, too.
add_custom_target(packed DEPENDS
  agreements-server agreements-admin agreementsctl agreementsctl_documents agreements_protoset
  agreements_client_shared agreements_client_testing_installed)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL server tool library development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGE_CONTACT "The founding engineers of Agreements")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# dpkg-shlibdeps knows the library's own package by this.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME agreements-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_COMPONENT_SERVER_DESCRIPTION
  "The gRPC service agreements-server, and agreements-admin, which migrates and verifies its database.")
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME agreementsctl)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION net)
set(CPACK_COMPONENT_TOOL_DESCRIPTION
  "agreementsctl, which calls every method of the service from a command line, with its manual page and completions.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libagreements-client1)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "The C++ client library, for programs that were built with it.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libagreements-client-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libagreements-client1 (= ${PROJECT_VERSION}), libgrpc++-dev, libprotobuf-dev, libabsl-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "agreements-server, mariadb-server-core, mariadb-client-core, libgmock-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "The C++ client library's headers, the API's protos, and mocks and servers for tests of programs that call it.")
include(CPack)
