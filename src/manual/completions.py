"""Writes a shell's completion of one program.

    completions.py TABLES bash|zsh|fish PROGRAM

TABLES is what `describe` writes. What an option's argument is called says how it is completed: by
the words that TABLES has for it, or by KINDS. The files need nothing but the shell.
"""

import json
import re
import sys

# How an argument is completed, by its name in --help; an argument of another name is not.
KINDS = {"FILE": "file", "PATH": "file", "X,Y|bar:COLUMN": "columns", "DIR": "directory",
         "COLUMN": "columns", "COLUMNS": "columns"}
SUBCOMMANDS = {"run": "run a command and record what it costs",
               "sweep": "run and record a command for every combination of values",
               "merge": "merge what the ranks of a run recorded"}


class Program:
    """One program: its options by subcommand, "" for those of the program itself."""

    def __init__(self, tables, name):
        self.name = name
        self.tables = tables
        self.commands = {key[len(name):].strip(): [row for row in rows if "name" in row]
                         for key, rows in tables["options"].items() if key.split()[0] == name}
        if len(self.commands) > 1:
            self.commands = {"run": self.commands[""], **self.commands}
        self.methods = tables["methods"] if name == "effbench" else []
        self.runs_commands = name == "effrecord"

    def words(self, option):
        """The words that an option's argument may be, none when it can be anything."""
        if option["argument"] == "FORMAT":
            return [row["name"] for row in self.tables["formats"]]
        return option["words"]

    def kind(self, option):
        return "words" if self.words(option) else KINDS.get(option["argument"], "other")

    def columns(self):
        return [row["name"] for row in self.tables["metrics"]] + ["all", "name", "path", "status"]


    def completes_columns(self):
        return any(self.kind(option) == "columns" for rows in self.commands.values() for option in rows)


def names(option):
    return (["-" + option["letter"]] if option["letter"] else []) + ["--" + option["name"]]


def short(option):
    """The first statement of its help."""
    return re.split(r"[;:(]", option["help"].replace("\n", " "))[0].strip()


# ---- bash ----

BASH = r"""# bash completion of @name@

@list@_@name@_value() {
    case $command$1 in
@values@    *) return 1 ;;
    esac
}

_@name@() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=''
    # "--name=value" comes as three words.
    if [[ $word == = ]]; then word=
    elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}
    fi
@subcommands@    COMPREPLY=()
    _@name@_value "$before" && return
    if [[ $word == -* ]]; then
        case $command in
@options@        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
    fi
@operands@}
complete -F _@name@ @name@
"""

BASH_LIST = r"""# Completes the last of columns with commas between them, after a sign, if there is one.
_@name@_columns() {
    local word=$1 before=''
    [[ $word == *,* ]] && before=${word%,*}, word=${word##*,}
    [[ $word == [-+]* ]] && before+=${word:0:1} word=${word:1}
    mapfile -t COMPREPLY < <(compgen -P "$before" -W '@columns@' -- "$word")
    compopt -o nospace
}

"""

BASH_SUBCOMMANDS = r"""    # What comes behind the recorded command is its own.
    local takes=' @takes@ ' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            ((i++))
        elif [[ ${COMP_WORDS[i]} == -* ]]; then
            [[ $takes == *" ${COMP_WORDS[i]} "* && ${COMP_WORDS[i+1]} != = ]] && ((i++))
            [[ ${COMP_WORDS[i+1]} == = ]] && ((i += 2))
            continue
        elif [[ $i == 1 && " @names@ " == *" ${COMP_WORDS[i]} "* ]]; then
            command=${COMP_WORDS[i]}
            continue
        fi
        [[ $command == merge ]] && break
        if ((i < COMP_CWORD)) && declare -F _command_offset >/dev/null; then
            _command_offset "$i"
            return
        fi
        break
    done
"""

BASH_COMMANDS = """    if [[ $command == merge || $i -lt $COMP_CWORD ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    elif ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -c -W '@names@' -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -c -- "$word")
    fi
"""


def bash_value(program, option):
    if program.kind(option) == "words":
        return f"mapfile -t COMPREPLY < <(compgen -W '{' '.join(program.words(option))}' -- \"$word\")"
    return {"file": 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word")',
            "directory": 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word")',
            "columns": f'_{program.name}_columns "$word"', "other": ":"}[program.kind(option)]


def bash(program):
    values, options, takes = "", "", set()
    for command, rows in program.commands.items():
        for option in rows:
            if option["argument"]:
                takes.update(names(option))
                values += f"    {'|'.join(command + name for name in names(option))})\n" \
                          f"        {bash_value(program, option)} ;;\n"
        every = " ".join(name for option in rows for name in names(option))
        options += f"        '{command}') local options='{every}' ;;\n"
    subcommands = " ".join(SUBCOMMANDS) if program.runs_commands else ""
    if program.runs_commands:
        operands = BASH_COMMANDS
    elif program.methods:
        every = " ".join(method["name"] for method in program.methods)
        operands = f"    mapfile -t COMPREPLY < <(compgen -W '{every}' -- \"$word\")\n"
    else:
        operands = "    compopt -o filenames\n    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    parts = {"list": BASH_LIST if program.completes_columns() else "",
             "subcommands": BASH_SUBCOMMANDS if program.runs_commands else "", "operands": operands,
             "values": values, "options": options, "takes": " ".join(sorted(takes)),
             "columns": " ".join(program.columns()), "names": subcommands, "name": program.name}
    text = BASH
    for key, value in parts.items():
        text = text.replace(f"@{key}@", value)
    return text


# ---- zsh ----

def zsh_quoted(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")


def zsh_action(program, option):
    if program.kind(option) == "words":
        return f"({' '.join(program.words(option))})"
    return {"file": "_files", "directory": "_files -/", "other": " ",
            "columns": f"_sequence -n 99 compadd - {' '.join(program.columns())}"}[program.kind(option)]


def zsh_option(program, option):
    long, letter = "--" + option["name"], "-" + option["letter"]
    value = ""
    if option["argument"]:
        long, letter = long + "=", letter + "+"
        value = f":{zsh_quoted(option['argument'])}:{zsh_action(program, option)}"
    text = f"'[{zsh_quoted(short(option))}]{value}'"
    return f"    '*'{{{letter},{long}}}{text}" if option["letter"] else f"    '*{long}'{text}"


def zsh_arguments(program, command, operands):
    rows = " \\\n".join(zsh_option(program, option) for option in program.commands[command])
    return f"_arguments -s -S \\\n{rows} \\\n{operands}\n"


def zsh(program):
    text = f"#compdef {program.name}\n\n"
    if program.methods:
        described = " ".join(f"{method['name']}\\:\"{zsh_quoted(method['help'])}\""
                             for method in program.methods)
        return text + zsh_arguments(program, "", f"    '1:METHOD:(({described}))'")
    if not program.runs_commands:
        return text + zsh_arguments(program, "", "    '*:PATH:_files'")
    described = " ".join(f"'{name}:{help_}'" for name, help_ in SUBCOMMANDS.items())
    text += f"local -a subcommands=({described})\n"
    text += "local subcommand=\n(( CURRENT > 2 && ${+subcommands[(r)$words[2]:*]} )) && subcommand=$words[2]\n"
    text += "if [[ -n $subcommand ]]; then\n    shift words\n    (( CURRENT-- ))\n"
    text += "elif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
    text += "    _describe subcommand subcommands\nfi\ncase $subcommand in\n"
    for name in program.commands:
        operands = "    '*:DIR:_files -/'" if name == "merge" else \
            "    '(-)1:COMMAND:_command_names -e' '*::ARGUMENT:_normal'"
        text += f"({name or repr('')})\n{zsh_arguments(program, name, operands)};;\n"
    return text + "esac\n"


# ---- fish ----

def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_value(program, option):
    if not option["argument"]:
        return ""
    if program.kind(option) == "words":
        return f" -x -a '{' '.join(program.words(option))}'"
    return {"file": " -r -F", "directory": " -x -a '(__fish_complete_directories)'", "other": " -x",
            "columns": f" -x -a '(__{program.name}_columns)'"}[program.kind(option)]


FISH_COLUMNS = """# The columns, each with those before it in the word.
function __@name@_columns
    set -l before (string match -r '^.*,|^' -- (commandline -ct | string replace -r '^--[^=]*=' ''))
    printf "$before%s\\n" @columns@
end

"""


def fish_condition(program, command):
    """When the options of a subcommand apply."""
    if not program.runs_commands:
        return ""
    if command:
        return f"-n '__fish_seen_subcommand_from {command}'"
    return f"-n 'not __fish_seen_subcommand_from {' '.join(SUBCOMMANDS)}'"


def fish(program):
    text = f"# fish completion of {program.name}\n\n"
    if program.completes_columns():
        text += FISH_COLUMNS.replace("@name@", program.name).replace("@columns@",
                                                                   " ".join(program.columns()))
    if program.runs_commands:
        for name, help_ in SUBCOMMANDS.items():
            text += (f"complete -c {program.name} -n 'test (count (commandline -opc)) -eq 1' "
                     f"-f -a {name} -d {fish_quoted(help_)}\n")
        for command in ("", "run", "sweep"):
            takes = [name for option in program.commands[command] if option["argument"]
                     for name in names(option)]
            text += (f"complete -c {program.name} {fish_condition(program, command)} -x -a "
                     f"'(__fish_complete_subcommand --fcs-skip={2 if command else 1} {' '.join(takes)})'\n")
    for method in program.methods:
        text += f"complete -c {program.name} -f -a {method['name']} -d {fish_quoted(method['help'])}\n"
    for command, rows in program.commands.items():
        condition = fish_condition(program, command)
        for option in rows:
            letter = f"-s {option['letter']} " if option["letter"] else ""
            text += (f"complete -c {program.name} {condition} {letter}-l {option['name']}"
                     f"{fish_value(program, option)} -d {fish_quoted(short(option))}\n")
    return text


with open(sys.argv[1], encoding="utf-8") as file:
    described = Program(json.load(file), sys.argv[3])
sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write({"bash": bash, "zsh": zsh, "fish": fish}[sys.argv[2]](described))
