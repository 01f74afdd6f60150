#!/bin/bash
# Runs whole command lines and compares what they print and how they end. TAP on standard output.
#
#   run.sh [--update] SOURCE_DIR PROGRAM_DIR... [-- CASE...]
#
# A case is a directory under cases/: `cmd` is a shell script, run in an empty directory in which
# `testdata` is the project's; `stdout`, `stderr` and `status` are what it must give (absent: nothing,
# nothing, 0). The programs are found through PATH. --update rewrites the expectations.
set -u
update=
if [ "${1-}" = --update ]; then update=1; shift; fi
source_dir=$(cd "$1" && pwd); shift
while [ $# -gt 0 ] && [ "$1" != -- ]; do PATH=$(cd "$1" && pwd):$PATH; shift; done
[ "${1-}" = -- ] && shift
cases=$source_dir/tests/golden/cases
[ $# -gt 0 ] || set -- $(cd "$cases" && echo *)
# One environment for everybody.
export PATH LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset NO_COLOR COLUMNS
scratch=$(mktemp -d)
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT

# Compares the file $2 that a run gave with the expectation $1, or replaces that.
agree() {
    if [ "$update" ]; then
        if [ -s "$2" ]; then cp "$2" "$1"; else rm -f "$1"; fi
        return 0
    fi
    diff -u --label expected "$( [ -e "$1" ] && echo "$1" || echo /dev/null )" --label got "$2" >>"$scratch/diff"
}

echo "1..$#"
number=0
for name in "$@"; do
    number=$((number + 1))
    work=$scratch/here
    mkdir "$work"
    ln -s "$source_dir/testdata" "$work/testdata"
    : >"$scratch/diff"
    (cd "$work" && bash "$cases/$name/cmd" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null)
    status=$?
    if [ $status -eq 0 ]; then : >"$scratch/status"; else echo $status >"$scratch/status"; fi
    result=ok
    for stream in stdout stderr status; do
        agree "$cases/$name/$stream" "$scratch/$stream" || result='not ok'
    done
    echo "$result $number - $name"
    sed 's/^/# /' "$scratch/diff"
    chmod -R u+rwx "$work"
    rm -rf "$work"
done
