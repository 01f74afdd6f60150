"""The effbench command as installed."""

import json
import os
import resource
import shutil
import signal
import subprocess
import unittest

import product

SUMMARY = "evals/TOFU_SUMMARY.json"


class Effbench(product.TestCase):
    def setUp(self):
        super().setUp()
        self.program = os.path.join(os.path.dirname(self.product.effrecord), "effbench")

    def effbench(self, *arguments, **keywords):
        return subprocess.run([self.program, *arguments], env=self.product.environment(), text=True,
                              capture_output=True, check=False, **keywords)

    def bench(self, name, *arguments):
        """A run with a short training; returns its record and its summary."""
        result = self.effbench(name, "-o", self.path(name), "--train-epochs", "1", *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(name, result.stdout)
        with open(self.path(name, SUMMARY), encoding="utf-8") as file:
            return self.record(os.path.join(name, product.RECORD)), json.load(file)

    def assert_refused(self, message, *arguments):
        result = self.effbench(*arguments)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertRegex(result.stderr, r"^effbench: [^\n]*" + message + r"[^\n]*\n$")

    def test_what_a_run_records(self):
        record, summary = self.bench("NPO", "-s", "3", "-f", "forget05")
        self.assertEqual((record["status"], record["method"]), ("completed", "NPO"))
        self.assertEqual((record["seed"], record["forget_split"]), (3, "forget05"))
        self.assertEqual((record["forget_samples_count"], record["retain_samples_count"]), (100, 1900))
        self.assertEqual(record["total_steps"], 5 * 100 / 4)
        self.assertIs(record["requires_retain_set"], True)
        self.assertEqual(os.path.getsize(self.path("NPO", "model.f32")), record["model_bytes"])
        self.assertGreater(record["allocator_peak_bytes"], record["model_bytes"])
        self.assertLess(record["unlearning_time_seconds"], record["total_seconds"])
        self.assertGreater(record["phases"]["eval_seconds"], 0)
        for key in ("forget_Q_A_Prob", "forget_truth_ratio", "model_utility", "extraction_strength"):
            self.assertTrue(0 <= summary[key] <= 1, key)

    def test_retrain_is_its_own_reference(self):
        record, summary = self.bench("Retrain")
        self.assertEqual(record["total_steps"], 100)
        self.assertEqual((summary["forget_quality"], summary["retrain_distance"]), (1, 0))
        self.assertNotIn("intermediate_storage_mb", record)

    def test_lmcleaner_keeps_a_log_and_leaves_no_file(self):
        record, summary = self.bench("LMCleanerSampleLevel")
        self.assertEqual(round(record["intermediate_storage_mb"] * 2**20), 101 * record["model_bytes"])
        self.assertGreater(record["lmcleaner_total_hvp_calls"], 50)
        self.assertIs(record["requires_retain_set"], False)
        self.assertLess(summary["retrain_distance"], 1)
        self.assertEqual(sorted(os.listdir(self.path("LMCleanerSampleLevel"))),
                         [product.RECORD, "evals", "model.f32"])

    def test_the_same_seed_gives_the_same_model(self):
        models = []
        for seed in ("1", "1", "2"):
            self.bench("GradDiff", "-s", seed)
            with open(self.path("GradDiff", "model.f32"), "rb") as file:
                models.append(file.read())
        self.assertEqual(models[0], models[1])
        self.assertNotEqual(models[0], models[2])

    def test_a_diverged_model_is_a_failed_run(self):
        result = self.effbench("GradAscent", "-o", self.directory, "--train-epochs", "1", "-r", "1e30")
        self.assertEqual(result.returncode, 1)
        self.assertIn("diverged", result.stderr)
        self.assertEqual(self.record()["status"], "failed")
        self.assertFalse(os.path.exists(self.path(SUMMARY)))

    def test_bad_arguments(self):
        self.assert_refused("a method is missing")
        self.assert_refused("'Foo' is no method; there are Retrain, .*LMCleanerBatchLevel", "Foo")
        self.assert_refused("one method at a time", "NPO", "Retrain")
        self.assert_refused("-o DIR is missing", "NPO")
        self.assert_refused("forget02", "NPO", "-o", self.directory, "-f", "forget02")
        self.assert_refused("seed", "NPO", "-o", self.directory, "-s", "x")
        self.assert_refused("learning-rate", "NPO", "-o", self.directory, "-r", "-1")
        self.assertEqual(os.listdir(self.directory), [])

    def test_a_directory_that_cannot_be_made(self):
        with open(self.path("file"), "w", encoding="utf-8"):
            pass
        self.assert_refused("Not a directory", "NPO", "-o", self.path("file", "x"))

    def limited(self, method, size):
        """Runs with a limit on the size of files: as with a full disk, writing fails half-way."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        result = self.effbench(method, "-o", self.directory, "--train-epochs", "1", preexec_fn=limit)
        self.assertEqual(result.returncode, 2)
        self.assertIn("File too large", result.stderr)

    def test_no_room_for_the_log(self):
        self.limited("LMCleanerBatchLevel", 1 << 20)
        self.assertEqual(os.listdir(self.directory), ["evals"])

    def test_no_room_for_the_model(self):
        self.limited("GradAscent", 1 << 16)
        self.assertEqual(self.record()["status"], "failed")
        self.assertEqual(sorted(os.listdir(self.directory)), [product.RECORD, "evals"])

    def test_no_room_for_the_record(self):
        self.limited("GradAscent", 100)
        self.assertEqual(os.listdir(self.directory), ["evals"])

    def on_small_disk(self, mount_options, method, before=":"):
        """Runs with a file system of its own as the directory: the result of the run, whose standard output
        ends with the files that are there then."""
        enters = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() != 0 else []), "sh", "-c"]
        mounts = f"mount -t tmpfs -o {mount_options} none '{self.directory}'"
        if not shutil.which("unshare") or subprocess.run([*enters, mounts], capture_output=True,
                                                         check=False).returncode != 0:
            self.skipTest("no right to mount a file system")
        script = (f"{mounts} && cd '{self.directory}' && {before}; '{self.program}' {method} -o . "
                  "--train-epochs 1; status=$?; find . -type f -size +0; exit $status")
        return self.run_program(*enters, script)

    def test_a_full_disk(self):
        for size, method, files in (("1m", "LMCleanerSampleLevel", ""),
                                    ("64k", "NPO", "./efficiency_metrics.json\n")):
            with self.subTest(method):
                result = self.on_small_disk("size=" + size, method)
                self.assertEqual((result.returncode, result.stdout), (2, files))
                self.assertRegex(result.stderr, r"^effbench: [^\n]*No space left on device[^\n]*\n$")

    def test_a_disk_that_is_full_from_the_start(self):
        fill = "mkdir evals && cat /dev/zero >zeros 2>/dev/null"
        result = self.on_small_disk("size=64k", "NPO", fill)
        self.assertEqual((result.returncode, result.stdout), (2, "./zeros\n"))
        self.assertIn("the record could not be written: No space left on device", result.stderr)

    def test_a_read_only_disk(self):
        result = self.on_small_disk("ro", "NPO")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertRegex(result.stderr, r"^effbench: [^\n]*Read-only file system\n$")

    def test_help_and_version(self):
        self.assertIn("LMCleanerSampleLevel", self.effbench("--help").stdout)
        self.assertRegex(self.effbench("--version").stdout, 
                         r"^effbench \d+\.\d+\.\d+\nbuilt with .*\nlibraries: jansson .*\n$")


if __name__ == "__main__":
    unittest.main()
