"""What effcompare says while reading takes long, on a file system that a preloaded library makes slow.

usage: test_progress.py EFFCOMPARE SLOW_FILES
"""

import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import unittest

SLOW_FILES = os.path.abspath(sys.argv.pop(2))
EFFCOMPARE = os.path.abspath(sys.argv.pop(1))
RUNS = 30
LONG_MS = 60_000


class Progress(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="effcompare-progress-")
        self.addCleanup(temporary.cleanup)
        self.directory = temporary.name
        for i in range(RUNS):
            os.mkdir(os.path.join(self.directory, f"run{i}"))
            with open(os.path.join(self.directory, f"run{i}", "efficiency_metrics.json"), "w", encoding="ascii") as file:
                file.write('{"unlearning_time_seconds": 1.5}')

    def start(self, slow_ms, stderr, term="xterm"):
        sanitizers = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        env = dict(os.environ, LD_PRELOAD=SLOW_FILES, SLOW_FILES_MS=str(slow_ms), TERM=term, ASAN_OPTIONS=sanitizers)
        process = subprocess.Popen([EFFCOMPARE, "-j1", self.directory], env=env, stdout=subprocess.PIPE, stderr=stderr)
        self.addCleanup(process.stdout.close)
        return process

    def on_terminal(self, slow_ms, **keywords):
        """Starts it with a terminal as standard error; returns the process and the other end of the terminal."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.start(slow_ms, theirs, **keywords)
        os.close(theirs)
        return process, ours

    def read_until(self, terminal, pattern):
        """Reads the terminal until the pattern is there, or to its end."""
        said = b""
        while not re.search(pattern, said):
            try:
                said += os.read(terminal, 4096)
            except OSError:  # nobody has the terminal open any more
                break
        return said

    def test_a_line_counts_runs_and_goes_away(self):
        process, terminal = self.on_terminal(20)
        said = self.read_until(terminal, rb"^never$")
        table = process.stdout.read()
        self.assertEqual(process.wait(), 0)
        self.assertRegex(said, rb"\r\x1b\[Keffcompare: \d+ runs read so far")
        self.assertTrue(said.endswith(b"\r\x1b[K"), said)
        self.assertEqual(table.count(b"\nrun"), RUNS)

    def test_nothing_is_said_when_it_is_quick_or_there_is_no_terminal(self):
        process, terminal = self.on_terminal(0)
        self.assertEqual(self.read_until(terminal, rb"^never$"), b"")
        process.wait()
        process, terminal = self.on_terminal(20, term="dumb")
        self.assertEqual(self.read_until(terminal, rb"^never$"), b"")
        process.wait()
        process = self.start(20, subprocess.PIPE)
        self.assertEqual(process.communicate()[1], b"")

    def test_ctrl_c_ends_it_at_once_and_says_what_was_read(self):
        process, terminal = self.on_terminal(50)
        self.read_until(terminal, rb"[1-9]\d* runs read so far")
        process.send_signal(signal.SIGINT)
        said = self.read_until(terminal, rb"shown")
        self.assertEqual(process.wait(), -signal.SIGINT)
        self.assertRegex(said, rb"\r\x1b\[Keffcompare: interrupted; \d+ runs? (was|were) read, nothing is shown")
        self.assertEqual(process.stdout.read(), b"")

    def test_ctrl_c_where_the_file_system_does_not_answer(self):
        process, terminal = self.on_terminal(LONG_MS)
        self.read_until(terminal, rb"0 runs read so far")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=LONG_MS / 1000 / 2), -signal.SIGINT)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # background jobs ignore it, and what they start does, too
    unittest.main()
