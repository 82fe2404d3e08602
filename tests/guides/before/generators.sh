# That what is generated builds is tested by tests/generators and by the page for newcomers, which takes a while.
cmake() { [[ -e CMakePresets.json ]]; }
ctest() { [[ -e CMakePresets.json ]]; }
