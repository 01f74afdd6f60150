"""A tree that changes while it is walked: nothing crashes or hangs, and no row mixes two versions of a record.

usage: test_changing.py EFFCOMPARE
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

EFFCOMPARE = os.path.abspath(sys.argv.pop(1))
RECORD = "efficiency_metrics.json"
RUNS, SECONDS, SLOWEST = 60, 8, 60


def record(version):
    """A record whose values tell its version, over several pages of text."""
    filler = {f"filler_{i}": f"{version}" * 20 for i in range(100)}
    return json.dumps({"unlearning_time_seconds": version, "total_steps": version, **filler,
                       "peak_gpu_memory_mb": version, "version": version})


class Mutator(threading.Thread):
    """Changes the tree until it is told to stop."""

    def __init__(self, tree, seed):
        super().__init__()
        self.tree, self.random = tree, random.Random(seed)
        self.stopping = threading.Event()
        self.changes, self.failed = 0, None

    def run(self):
        try:
            while not self.stopping.is_set():
                self.change(os.path.join(self.tree, f"run{self.random.randrange(RUNS)}"))
                self.changes += 1
        except Exception as error:  # told by the test
            self.failed = error

    def change(self, directory):
        self.random.choice([self.replace, self.replace, self.replace, self.remove, self.rename, self.link_record,
                            self.link_directory, self.make_fifo, self.make_directory])(directory)

    def clear(self, path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)

    def ready(self, directory):
        if not os.path.isdir(directory) or os.path.islink(directory):
            self.clear(directory)
            os.mkdir(directory)
        return os.path.join(directory, RECORD)

    def replace(self, directory):
        path = self.ready(directory)
        temporary = os.path.join(directory, ".new")
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(record(self.random.randrange(1, 1 << 40)))
        if os.path.isdir(path):
            self.clear(path)
        os.rename(temporary, path)

    def remove(self, directory):
        self.clear(self.random.choice([directory, self.ready(directory)]))

    def rename(self, directory):
        self.ready(directory)
        moved = directory + "-moved"
        self.clear(moved)
        os.rename(directory, moved)

    def link_record(self, directory):
        path = self.ready(directory)
        self.clear(path)
        os.symlink(self.random.choice(["../still/" + RECORD, "nowhere", RECORD, "/dev/zero"]), path)

    def link_directory(self, directory):
        self.clear(directory)
        os.symlink(self.random.choice(["still", ".", "nowhere"]), directory)

    def make_fifo(self, directory):
        path = self.ready(directory)
        self.clear(path)
        os.mkfifo(path)

    def make_directory(self, directory):
        path = self.ready(directory)
        self.clear(path)
        os.mkdir(path)


class Changing(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="effcompare-changing-")
        self.addCleanup(temporary.cleanup)
        self.tree = temporary.name
        os.mkdir(os.path.join(self.tree, "still"))
        with open(os.path.join(self.tree, "still", RECORD), "w", encoding="utf-8") as file:
            file.write(record(7))

    def compare(self, threads):
        result = subprocess.run([EFFCOMPARE, self.tree, "-j", str(threads), "-f", "json", "-c",
                                 "time,steps,mem,version"], capture_output=True, text=True, check=False,
                                timeout=SLOWEST)
        self.assertIn(result.returncode, (0, 3), result.stderr)
        self.assertEqual(result.returncode == 3, result.stderr != "", result.stderr)
        rows = json.loads(result.stdout)["rows"]
        for row in rows:
            self.assertEqual(len(set(row["values"].values())), 1, row)
        still = [row for row in rows if row["file"] == os.path.join(self.tree, "still", RECORD)]
        self.assertEqual([row["values"]["version"] for row in still], [7])
        return len(rows)

    def test_while_it_changes(self):
        mutators = [Mutator(os.path.join(self.tree, f"part{i}"), i) for i in range(2)]
        for mutator in mutators:
            os.mkdir(mutator.tree)
            os.symlink("../still", os.path.join(mutator.tree, "still"))
            mutator.start()
        shown = comparisons = 0
        end = time.monotonic() + SECONDS
        try:
            while time.monotonic() < end or comparisons < 20:
                shown += self.compare(1 + comparisons % 8)
                comparisons += 1
        finally:
            for mutator in mutators:
                mutator.stopping.set()
                mutator.join()
        for mutator in mutators:
            self.assertIsNone(mutator.failed)
            self.assertGreater(mutator.changes, 100)
        self.assertGreater(shown, 2 * comparisons)


if __name__ == "__main__":
    unittest.main()
