#!/bin/bash
# Runs every command that a document shows and compares what it prints. TAP on standard output.
#
#   docs.sh SOURCE_DIR DOCUMENT PROGRAM_DIR...
#
# A block fenced as ```console holds commands, each after "$ " (a line that ends in "\" goes on), and
# under each what it prints, standard error included. A line "..." there stands for any lines. All
# commands of a document run in one directory, one after another, in which `testdata` is the project's and
# tests/golden/project stands in for the user's own (a training script, a configuration).
# A block fenced as ```sh is run as a whole and must succeed, whatever it prints. One that cannot run here has
# <!-- run by FILE --> on the line before the fence, and FILE must hold each of its commands word for word,
# or take them from the document.
set -u
source_dir=$(cd "$1" && pwd); document=$2; shift 2
for dir; do PATH=$(cd "$dir" && pwd):$PATH; done
export PATH LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset NO_COLOR COLUMNS
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r "$source_dir/tests/golden/project" "$scratch/here"
# Documents say python, Debian says python3.
mkdir "$scratch/bin"
ln -s "$(command -v python3)" "$scratch/bin/python"
PATH=$scratch/bin:$PATH
ln -s "$source_dir/testdata" "$scratch/here/testdata"

# Splits the document: command N into N.cmd and its output into N.out; shell blocks into N.sh with
# the file that runs them in N.by.
awk -v dir="$scratch" '
    /^<!-- run by .* -->$/ { by = $4 }
    /^```/ {
        if (block) { block = ""; by = ""; next }
        block = substr($0, 4)
        if (block == "") block = "text"
        if (block == "sh" && by) { n++; print by > (dir "/" n ".by") }
        else if (block == "sh") { n++; print "..." > (dir "/" n ".out"); print "set -e" > (dir "/" n ".cmd") }
        next
    }
    block == "console" && more { print >> (dir "/" n ".cmd"); more = /\\$/; next }
    block == "console" && /^\$ / {
        n++; print substr($0, 3) > (dir "/" n ".cmd"); printf "" > (dir "/" n ".out"); more = /\\$/; next
    }
    block == "console" { print > (dir "/" n ".out") }
    block == "sh" && by { print > (dir "/" n ".sh") }
    block == "sh" && !by { print > (dir "/" n ".cmd") }
    END { print n + 0 > (dir "/count") }
' "$source_dir/$document"

# Is what was printed ($2) what the document says ($1)?
agrees() {
    awk '
        NR == FNR { want[++m] = $0; next }
        { got[++n] = $0 }
        function match_from(i, j) {
            while (i <= m) {
                if (want[i] == "...") {
                    for (; j <= n + 1; j++) if (match_from(i + 1, j)) return 1
                    return 0
                }
                if (j > n || want[i] != got[j]) return 0
                i++
                j++
            }
            return j > n
        }
        END { exit !match_from(1, 1) }
    ' "$1" "$2"
}

# Does the file $2 run the commands in $1?
accounted_for() {
    [ "$2" ] || return 1
    grep -qF -- "$document" "$source_dir/$2" && return 0
    while IFS= read -r line; do
        grep -qF -- "$line" "$source_dir/$2" || return 1
    done <"$1"
}

count=$(cat "$scratch/count")
if [ "$count" -eq 0 ]; then
    echo "1..1"
    echo "ok 1 - $document: shows no command"
    exit
fi
echo "1..$count"
for n in $(seq "$count"); do
    if [ -e "$scratch/$n.by" ]; then
        by=$(cat "$scratch/$n.by")
        if accounted_for "$scratch/$n.sh" "$by"; then
            echo "ok $n - $document: block run by $by"
        else
            echo "not ok $n - $document: no test runs the block"
            sed 's/^/# /' "$scratch/$n.sh"
        fi
        continue
    fi
    (cd "$scratch/here" && bash "$scratch/$n.cmd" >"$scratch/got" 2>&1 </dev/null)
    status=$?
    if [ "$(head -1 "$scratch/$n.cmd")" = "set -e" ]; then
        if [ $status -eq 0 ]; then
            echo "ok $n - $document: $(sed -n 2p "$scratch/$n.cmd")"
        else
            echo "not ok $n - $document: $(sed -n 2p "$scratch/$n.cmd")"
            sed 's/^/# /' "$scratch/got"
        fi
        continue
    fi
    if agrees "$scratch/$n.out" "$scratch/got"; then
        echo "ok $n - $document: $(head -1 "$scratch/$n.cmd")"
    else
        echo "not ok $n - $document: $(head -1 "$scratch/$n.cmd")"
        diff -u --label documented "$scratch/$n.out" --label printed "$scratch/got" | sed 's/^/# /'
    fi
done
