"""Measures reading where each open and each read of a directory takes 1 ms longer: with 32 threads and with one.

usage: bench_slow.py EFFCOMPARE GENERATE SLOW_FILES

SLOW_FILES is the library that makes files slow. BENCH_RUNS (default 2000) is the number of runs. Nothing passes or
fails by time.
"""

import os
import subprocess
import sys
import tempfile
import time

EFFCOMPARE, GENERATE, SLOW_FILES = sys.argv[1:4]
RUNS = os.environ.get("BENCH_RUNS", "2000")


def measure(tree, threads):
    start = time.perf_counter()
    subprocess.run([EFFCOMPARE, "-j", threads, tree], stdout=subprocess.DEVNULL, check=True,
                   env=dict(os.environ, LD_PRELOAD=os.path.abspath(SLOW_FILES), SLOW_FILES_MS="1"))
    return time.perf_counter() - start


with tempfile.TemporaryDirectory() as directory:
    tree = os.path.join(directory, "tree")
    subprocess.run([GENERATE, tree, RUNS, "32"], check=True)
    one = measure(tree, "1")
    print(f"{RUNS} runs, 1 ms more for each open and read of a directory:")
    print(f"-j 1   {one:7.3f} s")
    for threads in ("8", "32", "64"):
        many = measure(tree, threads)
        print(f"-j {threads:3} {many:7.3f} s   {one / many:5.1f} times faster")
