# SPDX-License-Identifier: Apache-2.0
# A room is a folder of src/ with one job and one static library.

# shiftwise_room(NAME [UNITY] [USES room...] [LIBRARIES target...])
#
# Compiles every .cpp of the current folder into the library shiftwise_<NAME>. Its headers
# are included as "<NAME>/file.h" by the rooms that declare it in USES (or use a room that
# does) and by nobody else: each room exports an include folder that holds one link, itself.
# UNITY: the room's headers cost more than its code, and names in its anonymous namespaces are
# unique in it, so that builds with SHIFTWISE_UNITY compile several of its files as one.
function(shiftwise_room NAME)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "UNITY" "" "USES;LIBRARIES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(doorway "${CMAKE_BINARY_DIR}/rooms/${NAME}")
  file(MAKE_DIRECTORY "${doorway}")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${doorway}/${NAME}" SYMBOLIC)

  if(sources)
    add_library(shiftwise_${NAME} STATIC ${sources})
    set(scope PUBLIC)
    if(ROOM_UNITY AND SHIFTWISE_UNITY)
      set_target_properties(shiftwise_${NAME} PROPERTIES UNITY_BUILD ON)
    endif()
  else()
    add_library(shiftwise_${NAME} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(shiftwise_${NAME} ${scope} "${doorway}")
  foreach(used IN LISTS ROOM_USES)
    if(NOT TARGET shiftwise_${used})
      message(FATAL_ERROR "room '${NAME}' uses '${used}', which is not a room above it "
                          "(see the order in CMakeLists.txt)")
    endif()
    target_link_libraries(shiftwise_${NAME} ${scope} shiftwise_${used})
  endforeach()
  target_link_libraries(shiftwise_${NAME} ${scope} ${ROOM_LIBRARIES})
endfunction()

# shiftwise_test(ROOM [NAME name] [USES room...] [LIBRARIES target...] [LABEL label])
#
# Builds every *_test.cpp of the current folder into <NAME>_test (default: the room's name).
# Tests see the room that they test, what it uses, and the rooms in USES. LABEL (default
# unit) says what they need.
function(shiftwise_test ROOM)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "" "LABEL;NAME" "USES;LIBRARIES")
  if(NOT TEST_LABEL)
    set(TEST_LABEL unit)
  endif()
  if(NOT TEST_NAME)
    set(TEST_NAME ${ROOM})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${TEST_NAME}_test ${sources})
  target_link_libraries(${TEST_NAME}_test PRIVATE shiftwise_${ROOM} ${TEST_LIBRARIES}
                                             GTest::gtest_main Threads::Threads)
  foreach(used IN LISTS TEST_USES)
    target_link_libraries(${TEST_NAME}_test PRIVATE shiftwise_${used})
  endforeach()
  target_include_directories(${TEST_NAME}_test PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${TEST_NAME}_test PRIVATE
    SHIFTWISE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SHIFTWISE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  include(GoogleTest)
  gtest_discover_tests(${TEST_NAME}_test TEST_PREFIX "${TEST_NAME}." DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${TEST_LABEL} TIMEOUT 900)
endfunction()
