# The commands for the repository are checked or done by hand here: what they would build is built, for this test is part of it.
prefix=$blocks/prefix
cmake() {
  if [[ $PWD != "$work" ]]; then
    command cmake "$@"
  elif [[ $1 == --install ]]; then
    command cmake --install "$build" --prefix "$prefix"
  else
    grep -q "\"name\": \"${!#}\"" "$root/CMakePresets.json"
  fi
}
export PATH=$prefix/bin:$PATH CMAKE_PREFIX_PATH=$prefix
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
