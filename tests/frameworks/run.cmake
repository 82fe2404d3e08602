# Runs a test program twice: its scenarios that hold must pass, and the one that does not must be reported with its place and
# with what was expected beside what happened.
#   cmake -DPROGRAM=<program> -DPASSES=<arguments> -DFAILS=<arguments> -DPLACE=<pattern> -P run.cmake

function(run wanted arguments)
  execute_process(COMMAND "${PROGRAM}" ${arguments} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(wanted STREQUAL "pass" AND NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ended with ${result}\n${output}")
  endif()
  if(wanted STREQUAL "fail" AND result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} passed, though a scenario of it does not hold\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(pass "${PASSES}")
run(fail "${FAILS}")
foreach(text "${PLACE}" "the events are others than expected" "  ! Wallet::Events::MoneyAdded +. .nothing.")
  if(NOT output MATCHES "${text}")
    message(FATAL_ERROR "\"${text}\" is missing in: ${output}")
  endif()
endforeach()
