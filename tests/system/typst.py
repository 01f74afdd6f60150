"""Compiles Typst, for tests: with `typst`, or with the compiler that is a package for Node.js and is found through
NODE_PATH."""

import json
import os
import re
import shutil
import subprocess

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "typst_compile.js")
PACKAGE = "@myriaddreamin/typst-ts-node-compiler"


def missing():
    """The reason to skip, if there is one."""
    if shutil.which("typst"):
        return None
    if not shutil.which("node"):
        return "there is neither typst nor node"
    found = subprocess.run(["node", "-e", "require('%s')" % PACKAGE], check=False, stdin=subprocess.DEVNULL,
                           capture_output=True)
    return "there is no typst, and node does not find " + PACKAGE if found.returncode else None


def _compile_one(path):
    done = subprocess.run(["typst", "compile", "--diagnostic-format", "short", path], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    return done.stderr.decode().splitlines() or (["typst ended with %d" % done.returncode] if done.returncode else [])


def compile_files(paths):
    """Makes a PDF beside each file; for each, what the compiler complains of."""
    if shutil.which("typst"):
        return [_compile_one(path) for path in paths]
    done = subprocess.run(["node", SCRIPT, *paths], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _words(pdf):
    """The words of each page, with their boxes, and the page's size."""
    text = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True).stdout.decode()
    for page in text.split("<page ")[1:]:
        size = [float(number) for number in re.match(r'width="([\d.]+)" height="([\d.]+)"', page).groups()]
        yield size, [([float(number) for number in box], word) for *box, word in re.findall(
            r'<word xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)">(.*)</word>', page)]


def _overlap(a, b):
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > 0.5 and down > 0.6 * min(a[3] - a[1], b[3] - b[1])


def misplaced(pdf):
    """Words that lie on each other, or outside the page."""
    bad = []
    for (width, height), words in _words(pdf):
        for number, (box, word) in enumerate(words):
            if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
                bad.append("'%s' is not on the page" % word)
            bad += ["'%s' lies on '%s'" % (word, other) for at, other in words[:number] if _overlap(box, at)]
    return bad
