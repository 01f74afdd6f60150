"""Turns files into C constants: embed.py OUTPUT NAME=FILE... (see assets.h)."""

import base64
import hashlib
import sys


def definition(name, path):
    with open(path, "rb") as file:
        content = file.read()
    numbers = ",".join(map(str, content))
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return (f"static const char {name}_bytes[] = {{{numbers}}};\n"
            f"const struct ec_html_asset ec_html_{name} = "
            f'{{{{{name}_bytes, sizeof {name}_bytes}}, "{digest}"}};\n')


with open(sys.argv[1], "w", encoding="ascii") as output:
    output.write('#include "render/html/assets.h"\n')
    for argument in sys.argv[2:]:
        output.write(definition(*argument.split("=", 1)))
