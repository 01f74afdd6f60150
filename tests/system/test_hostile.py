"""Directories from strangers: names, values and files that were made to do harm.

usage: test_hostile.py EFFCOMPARE
Every format shows the tree, and what comes out is read by a parser of its own. What was refused is told, and
nothing takes long, whatever a file holds.
"""

import csv
import html.parser
import io
import json
import os
import pty
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import typst

EFFCOMPARE = os.path.abspath(sys.argv.pop(1))
RECORD = "efficiency_metrics.json"
SLOWEST = 60  # seconds, on a busy machine and with sanitizers
MEMORY = 3 << 30

# Text that does something where it is not escaped.
INJECTIONS = [
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title></svg><script>", "<!--", "]]>",
    "javascript:alert(1)", "&lt;b&gt;", "' onmouseover='x",
    "\\input{/etc/passwd}", "\\write18{touch pwned}", "$x^2$ % & # _ { } ~ ^", "\\end{tabular}", "^^5cinput",
    "| a | b |", "**bold** `code` [a](http://b) ![c](d)", "#heading", "\\",
    "#eval(\"1\")", "\" + read(\"/etc/passwd\") + \"",
    "\x1b[31mred\x1b]0;title\x07", "\x9b31m", "a\nb", "a\r\nb", "a\tb", "\x00", "\x7f", "\x08\x08\x08",
    "\u202edrowssap\u202c", "\u2028line", "\ufeff", "\U000e0041tag", "e\u0301\u0301\u0301\u0301",
    "../../../etc/passwd", "$(touch pwned)", "`touch pwned`", ";touch pwned", "%s%n%d", "{name}", "*", "~", "",
]
BAD_BYTES = [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"new\nline", b"tab\tname", b"\x1b[2J"]
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def limit_memory():
    if "asan" not in EFFCOMPARE and os.environ.get("EFFREC_TEST_SANITIZE", "none") == "none":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def limit_data():
    if "asan" not in EFFCOMPARE and os.environ.get("EFFREC_TEST_SANITIZE", "none") == "none":
        resource.setrlimit(resource.RLIMIT_DATA, (600 << 20, 600 << 20))


def run(*arguments, preexec_fn=limit_memory, **keywords):
    """Bytes of standard output and error, and the exit status."""
    return subprocess.run([EFFCOMPARE, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=SLOWEST, preexec_fn=preexec_fn, **keywords)


def write(directory, text, name=RECORD):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(os.fsencode(directory), os.fsencode(name)), "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def metrics(number, **more):
    return {"unlearning_time_seconds": 5.5 + number, "total_steps": 100, "peak_gpu_memory_mb": 1000 + number, **more}


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.mkdtemp(prefix="effcompare-hostile-")
        self.addCleanup(subprocess.run, ["rm", "-rf", directory], check=True)  # Python's own has limits
        self.tree = os.path.join(directory, "tree")

    def harmless(self, text):
        """No control characters, none that change the direction of text; valid UTF-8."""
        text = text.decode("utf-8")
        self.assertIsNone(CONTROL.search(text), repr(text[:2000]))
        return text

    def quiet(self, result, statuses=(0,)):
        self.assertIn(result.returncode, statuses, result.stderr)
        for line in self.harmless(result.stderr).splitlines():
            self.assertTrue(line.startswith(("effcompare: ", "Try 'effcompare ")), line)
        return result.stdout


class Injections(Case):
    """A run for each text, which is its directory's name where a file system has such, and a value."""

    columns = ("-c", "time,steps,mem,method,note")

    def setUp(self):
        super().setUp()
        self.texts = []
        for number, text in enumerate(INJECTIONS):
            name = text.encode()
            if b"/" in name or b"\0" in name or name in (b"", b".", b".."):
                name = b"run%d" % number
            self.add(name, metrics(number, method=text, note={"x": 1} if text == "*" else text))
        for number, name in enumerate(BAD_BYTES):
            self.add(name, metrics(100 + number, method="plain"))
        self.add(b"l" * 255, metrics(200, method="x" * 1500))
        self.rows = len(self.texts)

    def add(self, name, record):
        write(os.path.join(self.tree.encode(), name), json.dumps(record))
        self.texts.append(record["method"])

    def show(self, *options):
        return self.quiet(run(self.tree, *self.columns, *options))

    def test_text(self):
        for options in ((), ("--width", "80"), ("--width", "20"), ("--sort", "method"), ("--group-by", "method"),
                        ("--transpose",), ("--baseline", "dx"), ("--section-by", "method")):
            result = run(self.tree, *self.columns, "-f", "text", *options)
            self.quiet(result, (0, 2))
            self.harmless(result.stdout)
        self.assertEqual(len(self.show("-f", "text").decode().split("\n---")[1].split("\n===")[0].splitlines()),
                         self.rows + 1)

    def test_a_terminal(self):
        """Only the sequences that mark the best values reach it."""
        parent, child = pty.openpty()
        process = subprocess.Popen([EFFCOMPARE, self.tree, *self.columns, "--color", "always"], stdout=child,
                                   stdin=subprocess.DEVNULL, stderr=child)
        os.close(child)
        output = b""
        try:
            while True:
                output += os.read(parent, 65536)
        except OSError:
            pass
        os.close(parent)
        self.assertEqual(process.wait(), 0)
        self.harmless(re.sub(rb"\x1b\[(0|1|4|1;32)m", b"", output).replace(b"\r\n", b"\n"))

    def table(self, suffix, **dialect):
        text = self.harmless(self.show("-f", suffix))
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, **dialect))
        self.assertEqual({len(row) for row in rows}, {6})
        self.assertEqual(len(rows), self.rows + 1)
        for cell in sum(rows[1:], []):
            if cell[:1] in tuple("=+-@\t\r"):
                float(cell)
        return rows

    def test_csv(self):
        rows = self.table("csv")
        self.assertEqual(sum(row[4] == "'=cmd|'/C calc'!A0" for row in rows), 1)

    def test_tsv(self):
        self.table("tsv", delimiter="\t", quoting=csv.QUOTE_NONE)

    def check_names(self, rows):
        """Names and texts come back as they were."""
        names = {bytes.fromhex(row["name_bytes"]) if "name_bytes" in row else row["name"].encode() for row in rows}
        self.assertEqual(names, set(os.listdir(self.tree.encode())))
        self.assertEqual(sorted(row["values"]["method"] for row in rows), sorted(self.texts))

    def test_json(self):
        document = json.loads(self.harmless(self.show("-f", "json")))
        self.check_names(document["rows"])

    def test_ndjson(self):
        lines = self.harmless(self.show("-f", "ndjson")).splitlines()
        self.check_names([json.loads(line) for line in lines[1:]])

    def test_reading_back(self):
        before = self.show("-f", "json")
        for suffix in ("json", "ndjson", "csv", "tsv"):
            path = os.path.join(os.path.dirname(self.tree), "table." + suffix)
            self.quiet(run(self.tree, *self.columns, "-o", path))
            rows = json.loads(self.quiet(run(path, *self.columns, "-f", "json")))["rows"]
            self.assertEqual(len(rows), self.rows, suffix)
            if suffix.endswith("json"):
                self.assertEqual([row["values"] for row in rows],
                                 [row["values"] for row in json.loads(before)["rows"]])

    def test_html(self):
        page = Page()
        page.feed(self.harmless(self.show("-f", "html")))
        page.close()
        plain = Page()
        shutil.rmtree(self.tree)
        write(os.path.join(self.tree, "a"), json.dumps(metrics(1, method="m", note="n")))
        write(os.path.join(self.tree, "b"), json.dumps(metrics(2, method="m", note="n")))
        plain.feed(self.show("-f", "html").decode())
        self.assertEqual(page.kinds - plain.kinds, set())
        self.assertEqual(page.scripts, plain.scripts)

    def test_svg(self):
        for plot in ("time,mem", "bar:time"):
            text = self.harmless(self.show("-f", "svg", "--plot", plot))
            for element in xml.etree.ElementTree.fromstring(text).iter():
                self.assertIn(element.tag.rpartition("}")[2], ("svg", "g", "title", "desc", "rect", "line", "text",
                                                               "tspan", "path", "circle"))
                for name in element.attrib:
                    self.assertFalse(name.startswith("on") or "href" in name, name)

    def test_markdown(self):
        text = self.harmless(self.show("-f", "markdown"))
        lines = text.split("\n\n")[0].splitlines()
        self.assertEqual(len(lines), self.rows + 2)
        for line in lines:
            self.assertEqual(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)), 7, line[:200])
        self.assertEqual(set(re.findall(r"<[^ >]*>?", text)) - {"<ins>", "</ins>"}, set())

    @unittest.skipUnless(shutil.which("cmark-gfm"), "there is no cmark-gfm here")
    def test_markdown_as_github_reads_it(self):
        page = subprocess.run(["cmark-gfm", "-e", "table", "-e", "strikethrough", "--unsafe"], check=True,
                              input=self.show("-f", "markdown"), capture_output=True).stdout.decode()
        self.assertEqual(page.count("<table>"), 1)
        table = xml.etree.ElementTree.fromstring(page[page.index("<table>"):page.index("</table>")] + "</table>")
        self.assertEqual({element.tag for element in table.iter()} - {"strong", "ins"},
                         {"table", "thead", "tbody", "tr", "th", "td"})
        rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
        self.assertEqual({len(row) for row in rows}, {6})
        self.assertEqual(len(rows), self.rows + 1)
        shown = {text for text in self.texts if text.isprintable() and text}
        self.assertEqual(shown - {row[4] for row in rows}, set())

    def test_typst(self):
        """Every text is within a string, in which only quotes and backslashes are escaped."""
        text = re.sub(r"^//.*$", "", self.harmless(self.show("-f", "typst")), flags=re.M)
        outside = re.sub(r'"(?:[^"\\\n]|\\["\\])*"', "", text)
        for word in ("eval", "read(", "passwd", "cmd", '"'):
            self.assertNotIn(word, outside)

    @unittest.skipIf(typst.missing(), typst.missing())
    def test_typst_compiles(self):
        path = os.path.join(os.path.dirname(self.tree), "paper.typ")
        for options in ((), ("--transpose",), ("--section", "method"), ("--reference", "*", "--spread-form", "sub")):
            with open(path, "wb") as file:
                file.write(self.show("-f", "typst", "--standalone", *options))
            self.assertEqual(typst.compile_files([path]), [[]])
        self.assertFalse(os.path.exists(os.path.join(os.path.dirname(path), "pwned")))

    @unittest.skipUnless(shutil.which("pdflatex"), "there is no pdflatex here")
    def test_latex(self):
        for options in (("-f", "latex"), ("-f", "pgfplots", "--plot", "time,mem")):
            text = self.harmless(self.show(*options, "--standalone"))
            self.compile(text)

    def compile(self, text):
        directory = tempfile.mkdtemp(dir=os.path.dirname(self.tree))
        with open(os.path.join(directory, "paper.tex"), "w", encoding="utf-8") as file:
            file.write(text)
        result = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"], check=False,
                                cwd=directory, capture_output=True, timeout=SLOWEST)
        self.assertEqual(result.returncode, 0, result.stdout[-3000:])
        self.assertNotIn(b"/etc/passwd", result.stdout)
        self.assertFalse(os.path.exists(os.path.join(directory, "pwned")))


class Page(html.parser.HTMLParser):
    """What elements with which attributes there are, and the scripts."""

    def __init__(self):
        super().__init__()
        self.kinds, self.scripts, self.inside = set(), 0, False

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            self.kinds.add((tag, name))
            if value and (name.startswith("on") or name in ("href", "src", "style")):
                self.kinds.add((tag, name, value))
        self.kinds.add(tag)
        self.scripts += tag == "script"


class Files(Case):
    """What is no record is refused, quickly, and a record beside it is shown."""

    def setUp(self):
        super().setUp()
        write(os.path.join(self.tree, "fine"), json.dumps(metrics(1)))

    def refused(self, *options, runs=1, statuses=(3,)):
        result = run(self.tree, "-f", "json", *options)
        document = json.loads(self.quiet(result, statuses))
        self.assertEqual(len(document["rows"]), runs, result.stderr)
        return document

    def test_bombs(self):
        start = json.dumps(metrics(2))[:-1]
        bombs = {
            "arrays": start + ', "x": ' + "[" * 1000000 + "]" * 1000000 + "}",
            "objects": start + ', "x": ' + '{"a":' * 1000000 + "1" + "}" * 1000000 + "}",
            "keys": start + "".join(f', "k{i}": {i}' for i in range(1000000)) + "}",
            "integer": start + ', "x": ' + "9" * 10000000 + "}",
            "exponent": start + ', "x": 1e' + "9" * 1000000 + "}",
            "backslashes": start + ', "x": "' + "\\" * 15000001,
            "cut": start, "empty": "", "blank": " " * 1000, "utf16": start.encode("utf-16"),
            "bytes": start.encode() + b', "x": "\xff"}', "nul": start + ', "x": "\0"}', "list": "[]", "text": '"x"',
            "large": " " * (16 << 20) + start + "}",
        }
        for name, text in bombs.items():
            write(os.path.join(self.tree, name), text)
        self.assertEqual(len(self.refused("-c", "all")["issues"]), len(bombs))
        # A string of 15 MB and a million times the same key are odd, but records.
        shutil.rmtree(self.tree)
        write(os.path.join(self.tree, "string"), start + ', "x": "' + "x" * 15000000 + '"}')
        write(os.path.join(self.tree, "same"), start + ', "k": 1' * 1000000 + "}")
        write(os.path.join(self.tree, "escapes"), start + ', "x": "' + "\\u0000" * 2500000 + '"}')
        self.refused("-c", "+x", runs=3, statuses=(0,))
        self.quiet(run(self.tree, "-c", "+x", "--width", "100"))

    def test_keys_of_their_own(self):
        """Time and memory grow with the values that are there, not with the square of how many keys there are."""
        for run_number in range(20):
            write(os.path.join(self.tree, f"run{run_number}"), json.dumps(
                {**metrics(2), **{f"k{run_number}_{i}": i for i in range(9900)}}))
        text = self.quiet(run(self.tree, "-j", "1", "-c", "all", "-f", "csv", preexec_fn=limit_data))
        table = list(csv.reader(io.StringIO(text.decode())))
        self.assertGreater(len(table[0]), 20 * 9900)
        self.assertEqual([row[table[0].index("k7_77")] for row in table[1:]].count("77"), 1)
        rows = json.loads(self.quiet(run(self.tree, "-c", "all", "-f", "json")))["rows"]
        self.assertEqual(len(rows), len(table) - 1)

    def test_tables_that_are_none(self):
        starts = {"json": '{"schema": "effcompare.table", "version": 1, "rows": [',
                  "ndjson": '{"schema": "effcompare.rows", "version": 1}\n', "csv": "experiment,a\n",
                  "quoted": 'experiment,a\n"'}
        for name, text in starts.items():
            write(os.path.join(self.tree, name), text)
            os.truncate(os.path.join(self.tree, name, RECORD), 1 << 40)
        write(os.path.join(self.tree, "line"), starts["ndjson"] + "[" + "1," * (33 << 20))
        self.assertEqual({issue["file"] for issue in self.refused()["issues"]},
                         {os.path.join(self.tree, name, RECORD) for name in [*starts, "line"]})

    def test_beside_a_record(self):
        million = ",".join(f'"forget_{i}": {i}' for i in range(1000000))
        write(os.path.join(self.tree, "fine", "evals"), "{" + million + "}", "TOFU_SUMMARY.json")
        write(os.path.join(self.tree, "fine", ".hydra"), "".join(f"- x{i}=1\n" for i in range(300000)),
              "overrides.yaml")
        self.assertEqual(len(self.refused("-c", "+forget_*,hydra.*")["issues"]), 2)
        aliases = "- &a0 x=1\n" + "".join(f"- &a{i} [*a{i - 1},*a{i - 1}]\n" for i in range(1, 40))
        write(os.path.join(self.tree, "fine", ".hydra"), aliases, "overrides.yaml")
        os.mkfifo(os.path.join(self.tree, "fine", "evals", "MUSE_SUMMARY.json"))
        self.assertEqual(len(self.refused("-c", "+forget_x,hydra.y,mia")["issues"]), 2)

    def test_no_regular_files(self):
        made = [os.path.join(self.tree, name) for name in "abcdefghi"]
        for directory in made:
            os.makedirs(directory)
        path = [os.path.join(directory, RECORD) for directory in made]
        os.mkfifo(path[0])
        os.mkdir(path[1])  # a directory of this name is walked
        os.symlink("/dev/zero", path[2])
        os.symlink("/proc/self/maps", path[3])
        os.symlink("nowhere", path[4])
        os.symlink(RECORD, path[5])
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path[6])
        with open(path[7], "wb") as file:
            file.truncate(1 << 40)
        os.symlink("/proc/self/mem", path[8])
        self.assertEqual(len(self.refused()["issues"]), 8)

    def test_files_of_proc(self):
        for path in ("/proc/self/status", "/proc/self/maps", "/proc/self/pagemap", "/proc/self/mem", "/dev/zero",
                     "/dev/full", "/proc/self/environ"):
            result = run(path)
            self.assertEqual(self.quiet(result, (2,)), b"")
            self.assertNotEqual(result.stderr, b"")
        self.assertEqual(self.quiet(run("--name", "status", "--name", "stat*", "--max-depth", "1", "/proc"), (2,)), b"")

    def test_links(self):
        """A directory is walked once, however many ways lead to it."""
        os.symlink(".", os.path.join(self.tree, "self"))
        os.symlink("..", os.path.join(self.tree, "fine", "up"))
        os.symlink("b", os.path.join(self.tree, "a"))
        os.symlink("a", os.path.join(self.tree, "b"))
        for number in range(40):
            os.symlink(".", os.path.join(self.tree, f"loop{number}"))
        self.refused(statuses=(0,))

    def deep(self, name, levels):
        """A directory so many levels below the tree: further down than a path can say."""
        at = os.open(self.tree, os.O_RDONLY)
        for _ in range(levels):
            os.mkdir(name, dir_fd=at)
            below = os.open(name, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        with open(os.open(RECORD, os.O_CREAT | os.O_WRONLY, dir_fd=at), "w", encoding="utf-8") as file:
            json.dump(metrics(3), file)
        os.close(at)

    def test_deep_directories(self):
        self.deep("d", 3000)
        self.deep("l" * 255, 40)
        for name in ("json", "text", "csv", "html", "latex"):
            self.quiet(run(self.tree, "-f", name))
        self.refused(runs=3, statuses=(0,))

    def test_many_links_and_names(self):
        for number in range(2000):
            os.symlink("fine", os.path.join(self.tree, f"link{number}"))
            write(os.path.join(self.tree, "many"), "{", f"{number}_SUMMARY.json")
        write(os.path.join(self.tree, "many"), json.dumps(metrics(4)))
        self.assertEqual(len(self.refused("-c", "+forget_quality", runs=2)["issues"]), 2000)

    def test_a_join_stays_with_its_name(self):
        """{name} is the run's name: a directory cannot be called ../x, so the pattern decides where to look."""
        write(os.path.join(self.tree, "..", "other"), '{"forget_quality": 1}', "fine.json")
        pattern = os.path.join(os.path.dirname(self.tree), "other", "{name}.json")
        rows = self.refused("--join", pattern, "-c", "+forget_quality", statuses=(0,))["rows"]
        self.assertEqual(rows[0]["values"]["forget_quality"], 1)


if __name__ == "__main__":
    unittest.main()
