#!/usr/bin/env python3
"""Typesets the tables and plots for LaTeX at the widths of papers, and the documents among what the golden
tests expect. TAP on standard output.

    test_papers.py PAPER_TABLES GOLDEN_CASES [KEEP_DIR]

A page is right when pdflatex stops at no error, warns of nothing, and no box is overfull.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

PAPER_TABLES, GOLDEN = sys.argv[1:3]
KEEP = sys.argv[3] if len(sys.argv) > 3 else None

NEURIPS = r"""\documentclass{article}
\usepackage[T1]{fontenc}\usepackage{times}
\usepackage[textwidth=5.5in,textheight=9in]{geometry}
"""
TWO_COLUMNS = r"""\documentclass[twocolumn]{article}
\usepackage[textwidth=6.75in,columnsep=0.25in,textheight=9in]{geometry}
"""
PACKAGES = r"""\usepackage{booktabs,multirow,etoolbox,tabularx}\usepackage{siunitx}%s
\begin{document}
"""
KINDS = ["document", "grouped", "hostile", "wide"]
PLOTS = [("document",), ("grouped",), ("grouped", "bar:time"), ("hostile", "bar:time"), ("wide", "flops,storage")]

SVG_TAGS = set("svg title desc g rect line path circle text tspan".split())


def missing():
    """The reason to skip, if there is one."""
    if not shutil.which("pdflatex"):
        return "there is no pdflatex"
    for name in ["siunitx.sty", "siunitx-v2.sty", "booktabs.sty", "tabularx.sty", "pgfplots.sty"]:
        if subprocess.run(["kpsewhich", name], stdout=subprocess.DEVNULL).returncode != 0:
            return "LaTeX has no " + name
    return None


def render(form, kind, points=0, *more):
    done = subprocess.run([PAPER_TABLES, form, kind, str(points), *more], capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def faults(log):
    """What pdflatex's log complains of."""
    log = log.replace("\r", "")
    bad = re.findall(r"^!.*|^(?:Overfull|Underfull \\vbox|Missing character).*|^.*Warning:.*", log, re.M)
    # Labels are settled in a second run, which changes nothing on the page.
    return [line for line in bad if not re.search(r"Label\(s\) may have changed|Rerun", line)]


def compile_page(folder, name, text):
    with open(os.path.join(folder, name + ".tex"), "w", encoding="utf-8") as file:
        file.write(text)
    for _ in range(2 if "longtable" in text else 1):  # its columns get their widths in a second run
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape",
                               name + ".tex"], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, name + ".log"), encoding="latin-1") as file:
        bad = faults(file.read())
    if done.returncode != 0 and not bad:
        bad = ["pdflatex ended with %d" % done.returncode]
    if KEEP and os.path.exists(os.path.join(folder, name + ".pdf")):
        shutil.copy(os.path.join(folder, name + ".pdf"), KEEP)
    return bad


def in_two_columns(kind):
    """The table in one column, or over both when it says that it is too wide for one."""
    table = render("latex", kind, 234)
    if "% Too wide" not in table:
        return table
    return render("latex", kind, 486).replace("{table}", "{table*}")


def tables(kinds, preamble, siunitx, table_of):
    return (preamble + PACKAGES % siunitx + "Text.\n" + "".join(map(table_of, kinds)) +
            "\\clearpage\n\\end{document}\n")


def plots():
    """Plots in a column of 3.25 inches, which they must not leave."""
    pictures = "\n\n\\noindent\n".join(render("pgfplots", plot[0], 234, *plot[1:]) for plot in PLOTS)
    return (TWO_COLUMNS + "\\usepackage{pgfplots}\\pgfplotsset{compat=1.16}\\raggedbottom\\begin{document}\n\\noindent\n" +
            pictures + "\\end{document}\n")


def pages():
    yield "plots in 3.25in", "plots", plots()
    for siunitx, version in [("", "siunitx 3"), ("[=v2]", "siunitx 2")]:
        yield ("tables in 5.5in, " + version, "neurips" + version[-1],
               tables(KINDS, NEURIPS, siunitx, lambda kind: render("latex", kind, 396)))
        yield ("tables in 3.25in, " + version, "column" + version[-1],
               tables(KINDS, TWO_COLUMNS, siunitx, in_two_columns))


def golden_documents():
    """The whole documents among the golden outputs."""
    for case in sorted(os.listdir(GOLDEN)):
        path = os.path.join(GOLDEN, case, "stdout")
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            if "\n\\documentclass" in text:
                yield "golden " + case, case, text


def report(number, title, bad):
    print("%s %d - %s" % ("not ok" if bad else "ok", number, title))
    for line in bad:
        print("# " + line)


def svg_faults(plot):
    """What keeps the plot from being an SVG that stands alone."""
    try:
        root = ElementTree.fromstring(render("svg", plot[0], 0, *plot[1:]))
    except ElementTree.ParseError as error:
        return [str(error)]
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    return ["unexpected <%s>" % tag for tag in sorted(tags - SVG_TAGS)]


def main():
    svg_bad = [line for plot in PLOTS for line in svg_faults(plot)]
    reason = missing()
    if reason:
        todo = []
    else:
        todo = list(pages()) + list(golden_documents())
    print("1..%d" % (len(todo) + 1))
    report(1, "svg is well-formed", svg_bad)
    if reason:
        print("# no typesetting: " + reason)
    with tempfile.TemporaryDirectory() as folder:
        for number, (title, name, text) in enumerate(todo, 2):
            report(number, title, compile_page(folder, name, text))


main()
