#!/bin/bash
# Checks the "may not touch" column of docs/design.md by the #include lines. TAP on standard output.
#
#   layers.sh SOURCE_DIR
set -u
cd "$1/src" || exit 1

# room: the rooms and libraries whose headers it may include, besides its own and the C library's.
allowed() {
    case $1 in
    common) echo config.h ;;
    base) echo common utf8proc.h ;;
    runset) echo base common ;;
    ranks) echo common jansson.h ;;
    load) echo base common ranks runset jansson.h csv.h yaml.h ;;
    query) echo base common runset table yaml.h ;;
    table) echo base common runset ;;
    render) echo base common table csv.h jansson.h ;;
    tui) echo base common runset load query table render ;;
    verify) echo base common table render ;;
    cli) echo base common runset load query table render verify tui config.h ;;
    record) echo common ranks jansson.h config.h ;;
    effrecord) echo common ranks record yaml.h jansson.h config.h ;;
    effbench) echo common record jansson.h config.h ;;
    manual) echo cli common effbench effrecord query render tui jansson.h config.h ;;
    esac
}

rooms=$(ls -d */ | tr -d / | grep -v python)
echo "1..$(echo "$rooms" | wc -l)"
number=0
for room in $rooms; do
    number=$((number + 1))
    bad=
    # Quoted includes name a room; of the angle-bracket ones only libraries matter.
    for include in $(grep -rhoE '^#include ("[^"]+"|<(jansson|csv|yaml|utf8proc|ncurses|curses)[^>]*>)' "$room" |
        sed -E 's/#include ["<]([^">]+)[">]/\1/' | sort -u); do
        owner=${include%%/*}
        case " $room $(allowed "$room") " in
        *" $owner "*) continue ;;
        esac
        [ "$room/$include" = tui/ncurses.h ] && [ "$(grep -rl ncurses.h tui)" = tui/screen.c ] && continue
        bad="$bad $include"
    done
    if [ -z "$bad" ]; then
        echo "ok $number - $room"
    else
        echo "not ok $number - $room may not include:$bad"
    fi
done
