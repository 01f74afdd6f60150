"""Measures effcompare beside the floor program and other tools, from a thousand runs to a million, in one session.

usage: bench_scale.py EFFCOMPARE FLOOR GENERATE

BENCH_SIZES (default "1000 10000 100000") are the numbers of runs, of 32 keys each; BENCH_ROUNDS (default 5) is how
often each program runs on each tree, in turns, but only once if that takes longer than half a minute. Before, the floor
program reads each tree once, so that all find it in the cache. BENCH_PLOT=FILE.svg draws the wall times. Prints a
Markdown table of fastest wall times and largest resident sets. The other tools do the least that a comparison needs:
they print four metrics of each run. Those that are not installed are left out; so are tools on trees on which they took
over two minutes at a tenth of the size. DuckDB is the command, or else its package for Node.js, found by NODE_PATH.
Nothing passes or fails by time.
"""

import math
import os
import shutil
import subprocess
import sys
import tempfile
import time

EFFCOMPARE, FLOOR, GENERATE = sys.argv[1:4]
SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000 10000 100000").split()]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
TOO_LONG, LONG = 120, 30  # seconds
RECORD = "efficiency_metrics.json"

# What a script of a page does: find the records, load each with a JSON library, print a table.
SCRIPT = f"""
import json, pathlib, sys
rows = []
for path in pathlib.Path(sys.argv[1]).rglob("{RECORD}"):
    with open(path) as file:
        record = json.load(file)
    rows.append((str(path.parent), record.get("unlearning_time_seconds", 0), record.get("total_steps", 0),
                 record.get("peak_gpu_memory_mb", 0), record.get("tokens_per_second", 0)))
for name, seconds, steps, memory, tokens in sorted(rows):
    print(f"{{name:<40}} {{seconds:>10.2f}} {{steps:>8}} {{memory:>12.2f}} {{tokens:>10.2f}}")
"""
FIELDS = "unlearning_time_seconds,total_steps,peak_gpu_memory_mb,tokens_per_second"
FIND = f"find \"$0\" -name {RECORD} -print0 | xargs -0 "
TOOLS = {
    "floor, 2 threads": [FLOOR, "2"],
    "effcompare -j 2": [EFFCOMPARE, "-j", "2"],
    "effcompare": [EFFCOMPARE],
    "Python script": [sys.executable, "-c", SCRIPT],
}
if shutil.which("jq"):
    TOOLS["find and jq"] = ["sh", "-c", FIND + f"jq -r '[input_filename, .{FIELDS.replace(',', ', .')}] | @tsv'"]
if shutil.which("mlr"):
    TOOLS["find and Miller"] = ["sh", "-c", FIND + f"mlr --ijson --opprint put '$name = FILENAME' then cut -o -f name,{FIELDS}"]
SQL = f"copy (select filename, {FIELDS} from read_json('%s/**/{RECORD}', filename=true, union_by_name=true)) to '/dev/stdout'"
DUCKDB_IN_NODE = """
const { DuckDBInstance } = require("@duckdb/node-api");
DuckDBInstance.create().then(database => database.connect())
    .then(connection => connection.run(process.argv[1].replace("%s", process.argv[2])));
"""
if shutil.which("duckdb"):
    TOOLS["DuckDB"] = ["sh", "-c", 'duckdb -c "$(printf "$0" "$1")"', SQL]
elif subprocess.run(["sh", "-c", "node -e 'require(\"@duckdb/node-api\")'"], stderr=subprocess.DEVNULL).returncode == 0:
    TOOLS["DuckDB"] = ["node", "-e", DUCKDB_IN_NODE, SQL]


def measure(command, tree):
    """Wall seconds and the largest resident set of a process, in bytes."""
    start = time.perf_counter()
    with subprocess.Popen([*command, tree], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed on {tree}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def measure_tree(tree, tools):
    figures = {}
    measure([FLOOR, "32"], tree)
    for _ in range(ROUNDS):
        for tool in tools:
            if tool in figures and figures[tool][0] > LONG:
                continue
            seconds, memory = measure(TOOLS[tool], tree)
            fastest, largest = figures.get(tool, (seconds, memory))
            figures[tool] = (min(fastest, seconds), max(largest, memory))
    return figures


def print_header():
    print("| runs | " + " | ".join(TOOLS) + " | effcompare -j 2 / floor | effcompare, bytes a run |")
    print("|---:|" + "---:|" * (len(TOOLS) + 2), flush=True)


def print_row(size, tools):
    cells = [f"{tools[tool][0]:.3f} s" if tool in tools else "-" for tool in TOOLS]
    ratio = tools["effcompare -j 2"][0] / tools["floor, 2 threads"][0]
    print(f"| {size:,} | {' | '.join(cells)} | {ratio:.2f} | {tools['effcompare'][1] / size:,.0f} |", flush=True)


def plot(figures, path):
    """Wall time over runs, both axes logarithmic; a straight line of slope one is linear growth."""
    width, height, left, bottom, right, top = 560, 340, 56, 40, 130, 12
    sizes = list(figures)
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    times = [seconds for tools in figures.values() for seconds, _ in tools.values()]
    least, most = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))

    def x(size):
        return left + (math.log10(size) - low) / (high - low or 1) * (width - left - right)

    def y(seconds):
        return height - bottom - (math.log10(seconds) - least) / (most - least) * (height - bottom - top)

    colors = ["#888888", "#0072b2", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for exponent in range(least, most + 1):
        at = y(10.0 ** exponent)
        lines.append(f'<path d="M{left} {at:.1f}H{width - right}" stroke="#dddddd"/>'
                     f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0 ** exponent:g} s</text>')
    for size in sizes:
        lines.append(f'<path d="M{x(size):.1f} {top}V{height - bottom}" stroke="#dddddd"/>'
                     f'<text x="{x(size):.1f}" y="{height - bottom + 16}" text-anchor="middle">{size:,}</text>')
    lines.append(f'<text x="{(left + width - right) / 2}" y="{height - 6}" text-anchor="middle">runs</text>')
    labels = []
    for tool, color in zip(TOOLS, colors):
        points = [(x(size), y(tools[tool][0])) for size, tools in figures.items() if tool in tools]
        if not points:
            continue
        path_data = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
        lines.append(f'<path d="M{path_data}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        lines += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5" fill="{color}"/>' for a, b in points]
        labels.append((points[-1], tool, color))
    free = float("inf")
    for (_, at), tool, color in sorted(labels, key=lambda label: -label[0][1]):
        free = min(at + 4, free - 13)
        lines.append(f'<text x="{width - right + 8}" y="{free:.1f}" fill="{color}">{tool}</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n</svg>\n")


figures = {}
print_header()
with tempfile.TemporaryDirectory() as directory:
    tools = list(TOOLS)
    for size in SIZES:
        tree = os.path.join(directory, str(size))
        subprocess.run([GENERATE, tree, str(size), "32"], check=True)
        figures[size] = measure_tree(tree, tools)
        print_row(size, figures[size])
        if "BENCH_PLOT" in os.environ:
            plot(figures, os.environ["BENCH_PLOT"])
        tools = [tool for tool in tools if figures[size][tool][0] < TOO_LONG]
        subprocess.run(["rm", "-rf", tree], check=True)
