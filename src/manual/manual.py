"""Fills a man page in with what the programs' tables and the library's header hold.

    manual.py TABLES HEADER PAGE.scd.in >PAGE.scd

TABLES is what `describe` writes. A line of the page that is only "@NAME WORD@" becomes
  options COMMAND   the options of a command
  formats, methods, metrics, keys
  functions         the functions of HEADER, each with the comment that stands before it
and anywhere @version@, @units@ and @expression-functions@ become what they say. A fence may name its language, as in
"```sh", which tests/golden/docs.sh runs. Everything else is scdoc's own markup (scdoc(5)).
"""

import json
import re
import sys


def escaped(text):
    """`text` as it is, whatever characters it has."""
    return re.sub(r"([\\*_~`#\[\]|.<>'-])", r"\\\1", text)


def italic(text):
    return f"_{escaped(text)}_"


def bold(text):
    return f"*{escaped(text)}*"


def defined(term, text):
    return f"{term}\n\t{text}\n\n"


def option(row):
    names = [bold("-" + row["letter"])] if row["letter"] else []
    names.append(bold("--" + row["name"]))
    argument = " " + italic(row["argument"]) if row["argument"] else ""
    return defined(", ".join(names) + argument, escaped(row["help"].replace("\n", " ")))


def options(tables, command):
    return "".join(f"## {row['heading']}\n\n" if "heading" in row else option(row)
                   for row in tables["options"][command])


def named(rows):
    return "".join(defined(bold(row["name"]), escaped(row["help"])) for row in rows)


def formats(rows):
    return "".join(defined(", ".join([bold(row["name"]), *map(escaped, row["suffixes"])]), escaped(row["help"]))
                   for row in rows)


def metric(row):
    unit = f" ({escaped(row['unit'])})" if row["unit"] else ""
    return defined(f"{bold(row['name'])}, {escaped(row['key'])}{unit}", escaped(row["help"]))


def metrics(tables):
    groups = dict.fromkeys(row["group"] for row in tables["metrics"])
    return "".join(f"## {group}\n\n" +
                   "".join(metric(row) for row in tables["metrics"] if row["group"] == group)
                   for group in groups)


def keys(tables):
    return "".join(f"## {row['heading']}\n\n" if "heading" in row else
                   defined(" ".join(bold(key) for key in row["keys"]), escaped(row["help"]))
                   for row in tables["keys"])


def comment(text):
    """A C comment as paragraphs, with what stands in backquotes in italics."""
    lines = [re.sub(r"^\s*(/?\*+/?)?\s?|\s*\*/$", "", line) for line in text.splitlines()]
    paragraphs = " ".join(line if line else "\n" for line in lines).split("\n")
    parts = [re.split("`([^`]*)`", paragraph.strip()) for paragraph in paragraphs]
    return "\n\n\t".join("".join(italic(part) if i % 2 else escaped(part)
                                 for i, part in enumerate(paragraph)) for paragraph in parts)


def functions(header):
    """Each comment followed by declarations, in the header's order."""
    found = re.findall(r"^(/\*(?:(?!\*/).)*\*/)\n((?:EFFREC_API [^;]*;\n)+)", header, re.M | re.S)
    result = ""
    for text, declarations in found:
        prototypes = [" ".join(prototype.split()) for prototype in
                      declarations.replace("EFFREC_API ", "").strip().split(";\n")]
        result += defined("++\n".join(bold(prototype.rstrip(";") + ";") for prototype in prototypes),
                          comment(text))
    return result


def fill(page, tables, header):
    def directive(match):
        name, word = match.group(1), match.group(2)
        if name == "options":
            return options(tables, word)
        if name == "functions":
            return functions(header)
        return {"formats": lambda: formats(tables["formats"]), "methods": lambda: named(tables["methods"]),
                "metrics": lambda: metrics(tables), "keys": lambda: keys(tables)}[name]()
    page = re.sub(r"^```\w+$", "```", page, flags=re.M)
    page = page.replace("@version@", tables["version"])
    page = page.replace("@units@", ", ".join(bold(unit) for unit in tables["units"]))
    page = page.replace("@expression-functions@", ", ".join(bold(name) for name in tables["functions"]))
    return re.sub(r"^@(\w+)(?: ([^@]*))?@$", directive, page, flags=re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write(fill(read(sys.argv[3]), json.loads(read(sys.argv[1])), read(sys.argv[2])))
