"""Checks the links within the documents: the file is there, and so is the heading. TAP on standard output.

    links.py SOURCE_DIR DOCUMENT...
"""

import os
import re
import sys

SOURCE = sys.argv[1]


def text_of(name):
    """The document without what stands in fences."""
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return re.sub(r"^```.*?^```$", "", file.read(), flags=re.M | re.S)


def anchors(name):
    """The anchors that GitHub gives the headings; of equal ones the second gets -1."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", text_of(name), re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = 0
        while anchor + (f"-{number}" if number else "") in found:
            number += 1
        found.add(anchor + (f"-{number}" if number else ""))
    return found


def broken(name):
    for target in re.findall(r"\]\(([^)]*)\)", text_of(name)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        linked = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
        if not os.path.exists(os.path.join(SOURCE, linked)):
            yield f"{target}: there is no such file"
        elif anchor and anchor not in anchors(linked):
            yield f"{target}: there is no such heading"


print(f"1..{len(sys.argv) - 2}")
for number, document in enumerate(sys.argv[2:], 1):
    problems = list(broken(document))
    print(f"{'not ok' if problems else 'ok'} {number} - {document}")
    for problem in problems:
        print(f"# {problem}")
