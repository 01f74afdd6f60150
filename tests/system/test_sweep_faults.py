"""Every allocation and every system call of `effrecord sweep` fails in turn, run here and submitted to Slurm.

Whatever fails: what went wrong is said, records are whole, what was completed is not run again, no job is left in
Slurm's queue without a word, and the same command, started again, does what is left. Slurm is a stand-in that keeps
its queue in files.
"""

import json
import os
import shutil
import tempfile
import unittest

import product
from test_faults import CALLS, Case, read, write

# Many small files are written here, and synced.
if os.path.isdir("/dev/shm"):
    tempfile.tempdir = "/dev/shm"

# One error of each kind, and what a sweep calls besides.
ERRORS = {call: [error for error in errors if error in (errors[0], "EINTR", "short")]
          for call, errors in CALLS.items()}
ERRORS.update({"lock": ["ENOLCK"], "pipe": ["EMFILE"], "redirect": ["EIO"], "process": ["EAGAIN"], "exec": ["EACCES"]})

SCONTROL = """#!/bin/sh
case $1 in
show) printf 'ClusterName = here\\nMaxArraySize = 2\\n' ;;
release) mv "$QUEUE/held.$2" "$QUEUE/released.$2" ;;
esac
"""
SBATCH = """#!/bin/sh
for id in 1 2 3 4 5 6 7 8 9; do
    test -e "$QUEUE/held.$id" || test -e "$QUEUE/released.$id" || break
done
cat >"$QUEUE.new" && mv "$QUEUE.new" "$QUEUE/held.$id"
echo $id
"""
SQUEUE = """#!/bin/sh
for job in "$QUEUE"/*.*; do
    for task in 0 1; do echo "${job##*.}_$task PENDING Resources"; done
done
"""


class SweepCase(Case):
    """The sweep has a name of its own, so that nothing fails in the jobs' effrecord."""

    program = "sweeper"

    def setUp(self):
        super().setUp()
        self.out = self.path("out")
        self.env = self.product.environment()

    def told(self, result):
        for line in result.stderr.splitlines():
            self.assertTrue(line.startswith(("effrecord: ", "  x=", "Try '", "effcompare: ")),
                            (self.failing, result.stderr))
        return bool(result.stderr)

    def command(self, *options, last=2):
        return ["sweeper", "sweep", "-L", f"x=1..{last}", "-o", os.path.join(self.out, "{x}"), *options, "--",
                "sh", "-c", "echo {x} >>" + self.path("ran")]

    def run_sweep(self, *options):
        return self.run_program(*self.command(*options), executable=self.product.effrecord, env=self.env)

    def faulty_sweep(self, *fault, options=()):
        return self.faulty(self.command(*options), *fault, executable=self.product.effrecord)

    def begin(self):
        """The first combination was completed, the second one failed."""
        shutil.rmtree(self.out, ignore_errors=True)
        for x, status in ((1, "completed"), (2, "failed")):
            write(os.path.join(self.out, str(x), product.RECORD), json.dumps(
                {"schema_version": 1, "status": status, "run_id": f"before{x}", "unlearning_time_seconds": 5}))
        write(self.path("ran"), "")

    def records(self, x):
        """Of one combination, by name; each is whole."""
        directory = os.path.join(self.out, str(x))
        names = os.listdir(directory) if os.path.isdir(directory) else []
        # A program that memory ended while one of its threads wrote a file had no time to remove it.
        if not self.failing.startswith(("unlink", "alloc")):
            self.assertFalse([name for name in names if name.endswith(".tmp")], self.failing)
        return {name: json.loads(read(os.path.join(directory, name))) for name in names if name.endswith(".json")}

    def check_kept(self):
        """What was there before is there still, and what was completed was not run again."""
        self.assertEqual([record["run_id"] for record in self.records(1).values()], ["before1"], self.failing)
        self.assertIn("before2", [record["run_id"] for record in self.records(2).values()], self.failing)
        ran = read(self.path("ran")).split()
        self.assertNotIn("1", ran, self.failing)
        return ran

    def every_call(self, attempt):
        for call, errors in ERRORS.items():
            for error in errors:
                self.each(call, error, False, attempt)
            self.each(call, errors[0], True, attempt)


class Here(SweepCase):
    def attempt(self, *fault):
        self.begin()
        result, happened = self.faulty_sweep(*fault)
        self.assertIn(result.returncode, (0, 1, 2), self.failing)
        self.assertTrue(self.told(result), self.failing)
        ran = self.check_kept()
        completed = self.records(2)[product.RECORD]["status"] == "completed"
        self.assertIn(ran, [[], ["2"]], self.failing)
        if result.returncode == 0:
            self.assertTrue(completed, self.failing)
            self.assertTrue(result.stdout or "there is no comparison" in result.stderr, self.failing)
        elif fault[0] != "alloc" or fault[1] % 5 == 0:  # an end of memory leaves much the same each time
            write(self.path("ran"), "")
            again = self.run_sweep()
            self.assertEqual(again.returncode, 0, self.failing + again.stderr)
            self.assertEqual(self.check_kept(), [] if completed else ["2"], self.failing)
        return happened

    def test_every_call(self):
        self.every_call(self.attempt)

    def test_every_allocation(self):
        self.every_allocation(self.attempt)


class Submitted(SweepCase):
    """Five combinations; arrays hold two tasks, so four are left for two arrays."""

    def setUp(self):
        super().setUp()
        self.queue = self.path("queue")
        for name, text in (("scontrol", SCONTROL), ("sbatch", SBATCH), ("squeue", SQUEUE)):
            write(self.path("bin", name), text)
            os.chmod(self.path("bin", name), 0o755)
        self.env = {**self.product.environment(), "QUEUE": self.queue,
                    "PATH": self.path("bin") + ":" + os.environ["PATH"]}

    def command(self, *options):
        return super().command("--slurm", *options, last=5)

    def attempt(self, *fault):
        self.begin()
        shutil.rmtree(self.queue, ignore_errors=True)
        os.mkdir(self.queue)
        result, happened = self.faulty_sweep(*fault)
        self.assertIn(result.returncode, (0, 1, 2), self.failing)
        self.assertTrue(self.told(result), self.failing)
        self.check_kept()
        queue = os.listdir(self.queue)
        for job in queue:
            kind, number = job.split(".")
            self.assertTrue(read(os.path.join(self.queue, job)).endswith(" ;;\nesac\n"),
                            (self.failing, result.stderr))
            if kind == "held":
                self.assertNotEqual(result.returncode, 0, self.failing)
                self.assertTrue(f"'scontrol release {number}'" in result.stderr or "squeue" in result.stderr,
                                (self.failing, result.stderr))
            else:
                self.check_recorded(number, result)
        if result.returncode == 0:
            self.assertEqual(sorted(queue), ["released.1", "released.2"], self.failing)
        return happened

    def check_recorded(self, number, result):
        """The tasks of a released array say that they pend, or it is said which do not."""
        jobs = [record["job"] for x in (2, 3, 4, 5) for record in self.records(x).values()
                if record["status"] == "pending"]
        for job in jobs:
            self.assertEqual(job["slurm_cluster"], "here", self.failing)
        recorded = sum(job["slurm_array_job_id"] == number for job in jobs)
        unseen = result.stderr.count("that it waits will not be seen")
        tasks = read(os.path.join(self.queue, "released." + number)).count(") run ")
        self.assertGreaterEqual(recorded + unseen, tasks, (self.failing, result.stderr))

    def test_without_faults(self):
        self.begin()
        os.mkdir(self.queue)
        self.failing = ""
        result = self.run_sweep()
        self.assertEqual((result.returncode, result.stderr),
                         (0, "effrecord: 4 of 5 submitted; 1 completed before\n"))
        self.assertEqual(sorted(os.listdir(self.queue)), ["released.1", "released.2"])
        self.assertEqual(self.run_sweep().stderr,
                         "effrecord: 0 of 5 submitted; 1 completed before; 4 waiting or running already\n")

    def test_every_call(self):
        self.every_call(self.attempt)

    def test_every_allocation(self):
        self.every_allocation(self.attempt)


if __name__ == "__main__":
    unittest.main()
