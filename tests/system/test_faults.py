"""Every allocation and every system call of the record and output paths fails in turn.

tests/fakes/faults.c makes one call of a program fail; here the number of that call counts up until the program
comes through untouched. Whatever fails, a program ends with a status that it documents, says what happened
under its name, and leaves each file old or new, never a part.
"""

import errno
import json
import os
import shutil
import unittest

import product

SHIM = os.path.join(os.environ["EFFREC_TEST_FAKES"], "libfaults.so")
# The calls of reading and of writing, and what a full, broken, remote or read-only file system says to them.
CALLS = {
    "open": ["EIO", "EINTR", "ESTALE", "EMFILE"],
    "create": ["ENOSPC", "EIO", "EINTR", "EROFS", "EDQUOT", "ESTALE"],
    "read": ["EIO", "EINTR", "short"],
    "write": ["ENOSPC", "EIO", "EINTR", "EDQUOT", "ESTALE", "short"],
    "fsync": ["ENOSPC", "EIO", "EDQUOT", "ESTALE", "EROFS"],
    "rename": ["ENOSPC", "EIO", "EDQUOT", "EROFS", "ESTALE"],
    "close": ["EIO", "EINTR", "EDQUOT", "ENOSPC"],
    "stat": ["EIO", "ESTALE"],
    "list": ["EIO", "ESTALE"],
    "link": ["EIO", "EMLINK", "EPERM", "EROFS", "ENOSPC", "EDQUOT"],
    "unlink": ["EIO", "EROFS"],
    "mkdir": ["ENOSPC", "EIO", "EROFS", "EDQUOT"],
    "chmod": ["EIO", "EPERM", "EROFS"],
    "thread": ["EAGAIN"],
}
MOST_CALLS = 20000
SLOWEST = 20


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Case(product.TestCase):
    """One fault after the other in one program."""

    program = None  # its name
    failing = None  # what is failing at the moment, for messages

    def setUp(self):
        super().setUp()
        self.bin = os.path.dirname(self.product.effrecord)
        self.env = self.product.environment()

    def faulty(self, command, call, number, error, stays=False, **keywords):
        """Runs the command with a fault; returns the result and whether the fault happened."""
        mark = self.path("mark")
        environment = dict(self.env, LD_PRELOAD=SHIM, FAULTS_PROGRAM=self.program,
                           FAULTS_CALL=call, FAULTS_AT=str(number), FAULTS_MARK=mark,
                           FAULTS_ERRNO="short" if error == "short" else str(getattr(errno, error)))
        if stays:
            environment["FAULTS_ON"] = "1"
        self.failing = f"{call} {number} {error}{' and all later' if stays else ''}"
        result = self.run_program(*command, env=environment, timeout=SLOWEST, **keywords)
        happened = os.path.exists(mark)
        if happened:
            os.remove(mark)
        return result, happened

    def each(self, call, error, stays, attempt, step=1):
        """attempt(call, number, error, stays) runs the command and tells whether the fault happened."""
        for number in range(1, MOST_CALLS, step):
            if not attempt(call, number, error, stays):
                return number - 1
        self.fail(f"no end of {call}")
        return 0

    def every_call(self, attempt):
        happened = {}
        for call, errors in CALLS.items():
            happened[call] = max(self.each(call, error, False, attempt) for error in errors)
            self.each(call, errors[0], True, attempt)
        return happened

    def every_allocation(self, attempt):
        self.assertGreater(self.each("alloc", "ENOMEM", False, attempt), 20)
        self.each("alloc", "ENOMEM", True, attempt, step=7)

    def told(self, result):
        """Every line says who says it."""
        for line in result.stderr.splitlines():
            self.assertTrue(line.startswith((self.program + ": ", "Try '")), (self.failing, result.stderr))
        return bool(result.stderr)

    def complete(self, record):
        """What could not be found out is left out with a reason; nothing else is missing."""
        for key in ("schema_version", "run_id", "started_at", "command", "unlearning_time_seconds",
                    "unmeasured", "host", "pid", "phases", "method"):
            self.assertIn(key, record, self.failing)

    def no_remains(self, directory):
        self.assertEqual([name for name in os.listdir(directory) if name.endswith(".tmp")], [], self.failing)


class Effcompare(Case):
    """Exit status 0: all is as it should be. 2: nothing could be done. 3: some could not be read."""

    program = "effcompare"

    def setUp(self):
        super().setUp()
        self.tree = self.path("tree")
        for number, name in enumerate(["npo", "graddiff", "rmu"]):
            write(os.path.join(self.tree, name, product.RECORD), json.dumps(
                {"method": name.upper(), "unlearning_time_seconds": 5 + number, "total_steps": 100,
                 "peak_gpu_memory_mb": 1000 * number + 2, "seed": number}))
        write(os.path.join(self.tree, "npo", "evals", "TOFU_SUMMARY.json"), '{"forget_quality": 0.5}')
        write(os.path.join(self.tree, "npo", ".hydra", "overrides.yaml"), "- trainer=NPO\n- lr=1e-5\n")
        for rank in (0, 1):
            write(os.path.join(self.tree, "ranks", f"efficiency_metrics.rank{rank:05}.json"), json.dumps(
                {"rank": {"rank": rank, "world_size": 2}, "run_id": "r", "unlearning_time_seconds": 9, "total_steps": 3,
                 "schema_version": 1, "status": "completed"}))
        os.symlink("npo", os.path.join(self.tree, "linked"))
        self.out = self.path("out")
        self.effcompare = os.path.join(self.bin, "effcompare")

    def attempt(self, arguments, names=()):
        """An attempt() for a command that writes the files `names` and standard output."""
        command = [self.effcompare, *arguments]
        for name in names:
            command += ["-o", os.path.join(self.out, name)]
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out)
        plain = self.run_program(*command)
        self.assertEqual((plain.returncode, plain.stderr), (0, ""))
        expected = {name: read(os.path.join(self.out, name)) for name in names}

        def attempt(call, number, error, stays):
            for name in names:
                write(os.path.join(self.out, name), "old")
            result, happened = self.faulty(command, call, number, error, stays)
            self.check(result, plain, expected)
            return happened
        return attempt

    def check(self, result, plain, expected):
        self.assertIn(result.returncode, (0, 2, 3), self.failing)
        self.assertEqual(self.told(result), result.returncode != 0, self.failing + result.stderr)
        found = {name: read(os.path.join(self.out, name)) for name in expected}
        if result.returncode == 0:
            self.assertEqual(result.stdout, plain.stdout, self.failing)
            self.assertEqual(found, expected, self.failing)
        for name, text in found.items():
            if name.endswith(".json") and text != "old":
                json.loads(text)
            elif name.endswith(".html") and text != "old":
                self.assertTrue(text.endswith("</html>\n"), self.failing)
        if not self.failing.startswith("unlink"):
            self.no_remains(self.out)

    def test_every_call(self):
        happened = self.every_call(self.attempt([self.tree, "-j", "1", "-c", "+forget_quality,hydra.lr"],
                                                ["table.json", "page.html"]))
        for call in ("open", "create", "read", "write", "fsync", "rename", "close", "stat", "list"):
            self.assertGreater(happened[call], 1, call)

    def test_every_call_to_standard_output(self):
        self.every_call(self.attempt([self.tree, "-j", "1"]))

    def test_threads(self):
        attempt = self.attempt([self.tree, "-j", "4"])
        for stays in (False, True):
            self.each("thread", "EAGAIN", stays, attempt)

    def test_every_allocation(self):
        columns = ["-c", "+forget_quality,hydra.lr"]
        for options in (["-f", "text"], ["-f", "csv"], ["-f", "json"], ["-f", "markdown"], ["-f", "html"],
                        ["-f", "latex"], ["-f", "typst"], ["-f", "svg"], ["-f", "pgfplots"],
                        ["--group-by", "method", "--where", "time > 1", "--sort", "-time"],
                        ["--transpose"], ["--baseline", "npo"], ["--pareto", "time,forget_quality"]):
            with self.subTest(options):
                self.every_allocation(self.attempt([self.tree, "-j", "1", *columns, *options]))

    def test_every_allocation_with_files(self):
        self.every_allocation(self.attempt([self.tree, "-j", "1"], ["table.json", "page.html"]))

    def test_every_allocation_of_reading_back(self):
        for suffix in ("json", "ndjson", "csv"):
            with self.subTest(suffix):
                table = self.path("table." + suffix)
                self.assertEqual(self.run_program(self.effcompare, self.tree, "-o", table).returncode, 0)
                self.every_allocation(self.attempt([table, "-j", "1"]))

    def test_every_allocation_of_a_specification(self):
        write(self.path("paper.eff"), "path = tree\ncolumns = time,ratio=time/steps\nsort = -ratio\n")
        self.every_allocation(self.attempt(["--spec", self.path("paper.eff"), "-j", "1"]))


class Effrecord(Case):
    """The program's exit status comes through whatever becomes of the record, unless nothing could be run."""

    program = "effrecord"

    def attempt(self, run, old):
        def attempt(call, number, error, stays):
            shutil.rmtree(run, ignore_errors=True)
            if old:
                write(os.path.join(run, product.RECORD), old)
            result, happened = self.faulty(
                [self.product.effrecord, "-o", run, "-m", "NPO", "-s", "seed=3", "--", "sh", "-c", "exit 7"],
                call, number, error, stays)
            self.check(result, run, old)
            return happened
        return attempt

    def check(self, result, run, old):
        told = self.told(result)
        names = os.listdir(run) if os.path.isdir(run) else []
        records = {name: json.loads(read(os.path.join(run, name))) for name in names if name.endswith(".json")}
        record = records.get(product.RECORD)
        self.assertIn(result.returncode, (7, 2, 126), self.failing)
        if old:
            self.assertIn(json.loads(old), records.values(), self.failing)
        if result.returncode != 7:
            self.assertTrue(told, self.failing)
        elif not told:
            self.assertIsNotNone(record, self.failing)
            self.assertEqual((record["status"], record.get("exit_code"), record.get("seed")),
                             ("failed", 7, 3), self.failing)
        if record and record != json.loads(old or "null"):
            self.complete(record)
        if not self.failing.startswith("unlink"):
            self.assertFalse(any(name.endswith(".tmp") for name in names), self.failing)

    def test_every_call(self):
        old = '{"unlearning_time_seconds": 1, "run_id": "x"}'
        happened = self.every_call(self.attempt(self.path("run"), old))
        for call in ("open", "create", "read", "write", "fsync", "rename", "close", "stat", "link"):
            self.assertGreater(happened[call], 0, call)

    def test_every_allocation(self):
        self.every_allocation(self.attempt(self.path("run"), '{"total_steps": 1}'))

    def test_every_allocation_of_merging(self):
        run = self.path("run")
        for rank in (0, 1):
            write(os.path.join(run, f"efficiency_metrics.rank{rank:05}.json"), json.dumps(
                {"rank": {"rank": rank, "world_size": 2}, "run_id": "0123456789abcdef" * 2, "status": "completed",
                 "unlearning_time_seconds": 3.5 + rank, "total_steps": 4, "tokens": {"total": 100}, "latency":
                 {"n": 3, "mean_ms": 2.5, "min_ms": 1, "max_ms": 9.5, "histogram": [1.5, 2, 2.5, 1]},
                 "host": "a machine with a long name", "note": "text longer than the parser's first buffer"}))
        command = [self.product.effrecord, "merge", run]
        self.assertEqual(self.run_program(*command).returncode, 0)
        reference = read(os.path.join(run, product.RECORD))

        def attempt(call, number, error, stays):
            for name in os.listdir(run):
                if ".rank" not in name:
                    os.remove(os.path.join(run, name))
            write(os.path.join(run, product.RECORD), "{}")
            result, happened = self.faulty(command, call, number, error, stays)
            self.assertIn(result.returncode, (0, 2, 3), self.failing)
            self.assertEqual(self.told(result), result.returncode != 0, self.failing)
            merged = read(os.path.join(run, product.RECORD))
            if result.returncode == 3:  # a rank's file could not be read
                self.assertEqual(json.loads(merged)["status"], "partial", self.failing)
            else:
                self.assertIn(merged, [reference, "{}"] if result.returncode else [reference], self.failing)
            return happened
        self.every_allocation(attempt)


class Completing(Case):
    """Two records of a program are parsed: its own, and its trainer's state. Whatever becomes of them, the program's exit
    status is passed on, and its record is whole."""

    program = "effrecord"

    def test_every_allocation(self):
        run = self.path("run")
        text = "text longer than the first buffer of the parser"
        state = json.dumps({"global_step": 5, "log_history": [{text: text}]})
        script = f"'{self.client}' record . && echo '{state}' > '{run}/trainer_state.json'; exit 7"
        command = [self.product.effrecord, "-o", run, "-m", text, "-s", f'note="{text}"', "--", "sh", "-c", script]
        self.run_program(*command)
        self.assertEqual(self.record("run/" + product.RECORD)["trainer_state"]["global_step"], 5)

        def attempt(call, number, error, stays):
            shutil.rmtree(run, ignore_errors=True)
            result, happened = self.faulty(command, call, number, error, stays)
            self.assertIn(result.returncode, (7, 2, 126), self.failing)
            if result.returncode != 7:
                self.assertTrue(self.told(result), self.failing)
                return happened
            record = json.loads(read(os.path.join(run, product.RECORD)))
            self.complete(record)
            if record["recorder"]["name"] == "libeffrecord":
                self.assertEqual((record["total_steps"], record["method"]), (5, "NPO"), self.failing)
            if not result.stderr:
                self.assertEqual((record.get("exit_code"), record.get("note")), (7, f'"{text}"'), self.failing)
            return happened
        self.every_allocation(attempt)


class Library(Case):
    """An error comes back from the call, or the record is there and whole."""

    program = "client"

    def attempt(self, run):
        def attempt(call, number, error, stays):
            shutil.rmtree(run, ignore_errors=True)
            write(os.path.join(run, product.RECORD), '{"total_steps": 1}')
            result, happened = self.faulty([self.client, "record", run], call, number, error, stays)
            self.check(result, run)
            return happened
        return attempt

    def check(self, result, run):
        self.assertIn(result.returncode, (0, 1), self.failing)
        records = {name: json.loads(read(os.path.join(run, name))) for name in os.listdir(run)
                   if name.endswith(".json")}
        self.assertIn({"total_steps": 1}, records.values(), self.failing)
        record = records.get(product.RECORD)
        if result.returncode == 1:
            self.assertTrue(self.told(result), self.failing)
        elif result.stdout == "close: Success\n":
            self.assertEqual((record.get("status"), record.get("total_steps"), record.get("method")),
                             ("completed", 5, "NPO"), self.failing)
            missing = set(self.reference) - set(record) - set(record["unmeasured"])
            # The client does not look whether it could set "half"; without a thread the GPUs are not sampled.
            self.assertEqual(missing - {"half", "gpu_sampling"} if not result.stderr else set(), set(), self.failing)
        if not self.failing.startswith("unlink"):
            self.no_remains(run)

    def setUp(self):
        super().setUp()
        self.run_program(self.client, "record", self.path("reference"))
        self.reference = json.loads(read(self.path("reference", product.RECORD)))

    def test_every_call(self):
        self.every_call(self.attempt(self.path("run")))

    def test_every_allocation(self):
        self.every_allocation(self.attempt(self.path("run")))


if __name__ == "__main__":
    unittest.main()
