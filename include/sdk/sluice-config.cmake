# SPDX-License-Identifier: Apache-2.0
# find_package(sluice) gives a plugin its headers, sluice-plugin-check and
#
#   sluice_add_plugin(NAME KIND helper|tracker SOURCES FILE...
#     [TALKS FILE...] [NO_SANITIZED])
#
# builds NAME.so, which exports sl_plugin_query alone and links nothing but libc.
# If tests are enabled: NAME.check, the report, the symbols and the sweep over the
# conversations in TALKS; and NAME.check-sanitized, the sweep over a twin of the
# plugin built with AddressSanitizer and UndefinedBehaviorSanitizer, unless the
# compiler has none or NO_SANITIZED is given.

get_filename_component(SLUICE_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.."
  ABSOLUTE)
set(SLUICE_INCLUDE_DIR "${SLUICE_PREFIX}/include")
set(SLUICE_PLUGIN_CHECK "${SLUICE_PREFIX}/bin/sluice-plugin-check")
set(SLUICE_SKELETON_DIR "${SLUICE_PREFIX}/share/sluice/skeleton")

function(sluice_plugin_library_ target file)
  add_library(${target} MODULE ${ARGN})
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${file}
    SUFFIX ".so" C_STANDARD 11 C_STANDARD_REQUIRED ON C_VISIBILITY_PRESET hidden
    CXX_STANDARD 17 CXX_VISIBILITY_PRESET hidden)
  target_include_directories(${target} PRIVATE ${SLUICE_INCLUDE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra
    -Wno-missing-field-initializers)
endfunction()

# The sanitizer's runtime, which must come before everything else where the
# program itself is built without it.
function(sluice_find_asan_)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so
    OUTPUT_VARIABLE asan OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU" OR NOT IS_ABSOLUTE "${asan}")
    set(asan "asan-NOTFOUND")
  endif()
  set(SLUICE_ASAN "${asan}" CACHE INTERNAL "runtime of AddressSanitizer")
endfunction()

function(sluice_add_plugin name)
  cmake_parse_arguments(A "NO_SANITIZED" "KIND" "SOURCES;TALKS" ${ARGN})
  if(NOT A_KIND MATCHES "^(helper|tracker)$")
    message(FATAL_ERROR "sluice_add_plugin(${name}): KIND helper or tracker?")
  endif()
  if(NOT A_SOURCES)
    message(FATAL_ERROR "sluice_add_plugin(${name}): no SOURCES")
  endif()
  sluice_plugin_library_(${name} ${name} ${A_SOURCES})

  set(talks "")
  foreach(talk ${A_TALKS})
    get_filename_component(talk ${talk} ABSOLUTE)
    list(APPEND talks ${talk})
  endforeach()
  add_test(NAME ${name}.check
    COMMAND ${SLUICE_PLUGIN_CHECK} $<TARGET_FILE:${name}> ${talks})

  if(NOT DEFINED SLUICE_ASAN)
    sluice_find_asan_()
  endif()
  if(A_NO_SANITIZED OR NOT SLUICE_ASAN)
    return()
  endif()
  sluice_plugin_library_(${name}-sanitized ${name} ${A_SOURCES})
  set_target_properties(${name}-sanitized PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/sanitized)
  target_compile_options(${name}-sanitized PRIVATE -g
    -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(${name}-sanitized PRIVATE -fsanitize=address,undefined)
  add_test(NAME ${name}.check-sanitized COMMAND ${SLUICE_PLUGIN_CHECK}
    --sanitized $<TARGET_FILE:${name}-sanitized> ${talks})
  set_tests_properties(${name}.check-sanitized PROPERTIES ENVIRONMENT
    "LD_PRELOAD=${SLUICE_ASAN};ASAN_OPTIONS=detect_leaks=0")
endfunction()
