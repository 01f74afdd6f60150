#!/usr/bin/env python3
"""Compiles the tables for Typst at the widths of papers. TAP on standard output.

    test_typst.py PAPER_TABLES EFFCOMPARE SOURCE_DIR [KEEP_DIR]

A page is right when the compiler complains of nothing, and no word lies on another or outside the page.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import typst

PAPER_TABLES, EFFCOMPARE, SOURCE = map(os.path.abspath, sys.argv[1:4])
KEEP = sys.argv[4] if len(sys.argv) > 4 else None
GOLDEN = os.path.join(SOURCE, "tests/golden/cases")
RUNS = [os.path.join(SOURCE, "testdata/tofu/saves/unlearn"), "--name-pattern", "expA_{method}_s{seed}"]
METHODS = [*RUNS, "-c", "time,mem,model_utility,forget_quality", "--group-by", "method"]
HOSTILE = '#eval("1") \\ " ] ) } $x$ *b* _e_ <l> @r // /* `'
# Where the text is as wide as in one and in two columns.
PAGE = '#set page(width: %s + 2cm, height: auto, margin: 1cm)\n#set text(size: 10pt)\nSee @tab:efficiency.\n'
WIDTHS = ["5.5in", "3.25in"]
OPTIONS = {
    "groups": METHODS,
    "references": [*METHODS, "--reference", "Retrain", "--sort", "time"],
    "transposed": [*METHODS, "--reference", "Retrain", "--transpose", "--spread-form", "sub"],
    "sections": [*METHODS, "--section", "method", "--spread-form", "paren"],
    "baseline": [*METHODS, "-c", "time,mem", "--baseline", "Retrain"],
    "hostile": [*RUNS, "-c", "time,method", "--caption", HOSTILE, "--label", "expA_NPO_s0=" + HOSTILE,
                "--reference", "expA_NPO_s1", "--label", "expA_NPO_s1=" + HOSTILE],
}


def output_of(*command):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout.decode()


def long_table(folder):
    """More rows than a page has room for, in a document with pages."""
    for number in range(100):
        os.makedirs(os.path.join(folder, "tree", str(number)))
        with open(os.path.join(folder, "tree", str(number), "efficiency_metrics.json"), "w", encoding="utf-8") as file:
            json.dump({"unlearning_time_seconds": number + 0.5, "peak_gpu_memory_mb": 1000 - number}, file)
    table = output_of(EFFCOMPARE, os.path.join(folder, "tree"), "-f", "typst")
    return "#set page(columns: 2)\nSee @tab:efficiency.\n" + table + "After it.\n"


def documents(folder):
    for width in WIDTHS:
        for kind in ["document", "grouped", "hostile", "wide"]:
            yield "%s in %s" % (kind, width), PAGE % width + output_of(PAPER_TABLES, "typst", kind)
        for name, options in OPTIONS.items():
            yield "%s in %s" % (name, width), PAGE % width + output_of(EFFCOMPARE, "-f", "typst", *options)
    yield "every column, transposed", output_of(EFFCOMPARE, "-f", "typst", "--standalone", *RUNS, "-c", "all", "--transpose")
    yield "longer than a page", long_table(folder)
    for case in sorted(os.listdir(GOLDEN)):
        path = os.path.join(GOLDEN, case, "stdout")
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            if text.startswith("// Made by") and "\n#figure(" in text:
                yield "golden " + case, text


def main():
    reason = typst.missing() or (None if shutil.which("pdftotext") else "there is no pdftotext")
    if reason:
        print("1..0 # SKIP " + reason)
        return
    with tempfile.TemporaryDirectory() as folder:
        titles, paths = [], []
        for title, text in documents(folder):
            titles.append(title)
            paths.append(os.path.join(folder, "%d.typ" % len(paths)))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text)
        print("1..%d" % len(titles))
        for number, (title, path, bad) in enumerate(zip(titles, paths, typst.compile_files(paths)), 1):
            pdf = path.replace(".typ", ".pdf")
            bad = bad or typst.misplaced(pdf)
            print("%s %d - %s" % ("not ok" if bad else "ok", number, title))
            for line in bad:
                print("# " + line)
            if KEEP and os.path.exists(pdf):
                shutil.copy(pdf, os.path.join(KEEP, title.replace(" ", "-") + ".pdf"))


main()
