"""What one step costs in C and in a Python callback that only takes the time, in nanoseconds.

usage: bench_steps.py BENCH_STEPS
"""

import statistics
import subprocess
import sys
import tempfile
import time

STEPS = 200000


class Callback:
    """The least that a tracker written in Python does: two readings of the clock and a list."""

    def __init__(self):
        self.latencies = []
        self.start = 0.0

    def on_step_begin(self, args, state, control, **kwargs):
        self.start = time.perf_counter()

    def on_step_end(self, args, state, control, **kwargs):
        self.latencies.append(time.perf_counter() - self.start)


def python_cost():
    callbacks = [Callback()]
    start = time.perf_counter()
    for _ in range(STEPS):
        for event in ("on_step_begin", "on_step_end"):  # how the Trainer dispatches
            for callback in callbacks:
                getattr(callback, event)(None, None, None, model=None, optimizer=None)
    return (time.perf_counter() - start) / STEPS * 1e9


with tempfile.TemporaryDirectory() as directory:
    print(subprocess.run([sys.argv[1], directory], check=True, capture_output=True, text=True).stdout, end="")
print(f"{'a Python callback that does as little':44} {statistics.median(python_cost() for _ in range(5)):8.1f} ns")
