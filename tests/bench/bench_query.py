"""Measures queries beside the plain table, in turns: bench_query.py EFFCOMPARE GENERATE

BENCH_RUNS (default 100000) is the number of runs, BENCH_ROUNDS (default 7) how often each query runs. Prints the
fastest wall time and the median processor time, each also as a ratio to the plain table's. Nothing passes or fails by time.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

EFFCOMPARE, GENERATE = sys.argv[1:3]
RUNS = os.environ.get("BENCH_RUNS", "100000")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
WHERE = ["--where", "mem > 1000MiB and time < 1h"]
QUERIES = {
    "plain table": [],
    "filter and sort": [*WHERE, "--sort", "-time,name"],
    "filter, group and sort": [*WHERE, "--group-by", "retain", "--sort", "-time"],
    "the same, groups from names": [*WHERE, "--name-pattern", "exp{exp}/{method}_forget{f}_lr{lr}_s{seed}",
                                    "--group-by", "method,f", "--sort", "-time"],
    "regular expression, many groups": ["--where", 'name ~ "NPO|Grad"', "--group-by", "steps", "--sort", "-time"],
    "baseline, front and budget": ["--baseline", "exp0/NPO_forget05_lr3e-6_s2", "--pareto", "time,mem",
                                   "--budget", "mem<=4GiB", "--sort", "-time_ratio"],
}


def measure(tree, arguments):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([EFFCOMPARE, *arguments, tree], stdout=subprocess.DEVNULL, check=True)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


with tempfile.TemporaryDirectory() as directory:
    tree = os.path.join(directory, "tree")
    subprocess.run([GENERATE, tree, RUNS], check=True)
    rounds = [{name: measure(tree, arguments) for name, arguments in QUERIES.items()} for _ in range(ROUNDS)]
    print(f"{RUNS} runs, {ROUNDS} rounds: wall and processor seconds, and their ratios to the plain table's")
    figures = {name: (min(each[name][0] for each in rounds), statistics.median(each[name][1] for each in rounds))
               for name in QUERIES}
    for name, (wall, processor) in figures.items():
        plain = figures["plain table"]
        print(f"{name:32} {wall:7.3f} s {processor:7.3f} s   {wall / plain[0]:5.2f} {processor / plain[1]:5.2f}")
