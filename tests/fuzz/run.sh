#!/bin/bash
# Fuzzes targets of a build with -Dfuzz=true, one after the other:
#   CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
#   meson compile -C build-fuzz fuzz-targets
#   tests/fuzz/run.sh build-fuzz SECONDS [NAME...]
# Inputs that reach new code are kept in BUILD/tests/fuzz/corpus/NAME, what fails in
# BUILD/tests/fuzz/findings; the latter become seeds once they are understood. Exits with 1 when
# something failed. FUZZ_SEED=N tries the same inputs each time, as CI does: there it is to tell what
# a change broke, and elsewhere to find what nobody knew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
build=$1 seconds=$2
shift 2
if [ $# -eq 0 ]; then
    set -- "$here"/fuzz_*.c
    set -- "${@##*/fuzz_}"
    set -- "${@%.c}"
fi

# The words that the target's input is made of.
dictionary() {
    case $1 in
    scan | summary | ranks) cat "$here/dictionaries/json.dict" ;;
    source) cat "$here"/dictionaries/{json,source}.dict ;;
    escapes) cat "$here"/dictionaries/{output,escapes}.dict ;;
    *) cat "$here/dictionaries/$1.dict" ;;
    esac
}

folder=$build/tests/fuzz
mkdir -p "$folder/findings"
status=0
for name; do
    mkdir -p "$folder/corpus/$name"
    dictionary "$name" >"$folder/corpus/$name.dict"
    log=$folder/corpus/$name.log
    # What matters fits in 4 KiB, and short inputs are tried more often.
    if "$folder/fuzz-$name" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048 \
        -dict="$folder/corpus/$name.dict" -artifact_prefix="$folder/findings/$name-" -print_final_stats=1 \
        ${FUZZ_SEED:+-seed="$FUZZ_SEED"} "$folder/corpus/$name" "$here/seeds/$name" >"$log" 2>&1; then
        awk -v name="$name" '/number_of_executed_units/ { units = $2 } /^Done / { time = $(NF - 1) }
            END { printf "%s: %d executions in %d s\n", name, units, time }' "$log"
    else
        status=1
        echo "$name: failed; see $log" >&2
        tail -n 40 "$log" >&2
    fi
done
exit $status
