"""Runs of several processes: under mpirun where there is one, and with the environment of one."""

import json
import os
import shutil
import subprocess
import time
import unittest

import product

MPIRUN = shutil.which("mpirun")
needs_mpirun = unittest.skipUnless(MPIRUN and "Open MPI" in subprocess.run(
    ["mpirun", "--version"], capture_output=True, text=True, check=False).stdout,
    "there is no Open MPI's mpirun here")

# One rank: records itself in the directory $1. MODE_N is what rank N does: "late" starts later, "noclose" ends
# without closing its recorder.
RANK = """
rank=${OMPI_COMM_WORLD_RANK:-${EFFREC_RANK%/*}}
eval "mode=\\${MODE_$rank:-plain}"
[ "$mode" = late ] && sleep 0.4
exec "$CLIENT" "$mode" "$1"
"""


class Ranks(product.TestCase):
    def setUp(self):
        super().setUp()
        self.effcompare = os.path.join(os.path.dirname(self.product.effrecord), "effcompare")
        self.run_dir = self.path("run")

    def environment(self, **more):
        # mpirun keeps sockets in TMPDIR, so that must have a short name.
        return dict(self.product.environment(), CLIENT=self.client, TMPDIR="/tmp", **more)

    def command(self, directory=None):
        return ["sh", "-c", RANK, "rank", directory or self.run_dir]

    def mpirun(self, count, *command, **more):
        return self.run_program(MPIRUN, "--allow-run-as-root", "--oversubscribe", "-n", str(count), *command,
                                env=self.environment(**more))

    def one_rank(self, rank, size, **more):
        result = self.run_program(*self.command(), env=self.environment(EFFREC_RANK=f"{rank}/{size}", **more))
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def compare(self, *columns):
        result = self.run_program(self.effcompare, self.run_dir, "-f", "json", "-c", ",".join(columns),
                                  env=self.product.environment())
        self.assertIn(result.returncode, (0, 3), result.stderr)
        return json.loads(result.stdout)["rows"]

    def files(self):
        return sorted(os.listdir(self.run_dir))

    def rank_file(self, rank):
        return os.path.join(self.run_dir, f"efficiency_metrics.rank{rank:05}.json")

    @needs_mpirun
    def test_mpirun(self):
        for count in (2, 4):
            with self.subTest(count):
                shutil.rmtree(self.run_dir, ignore_errors=True)
                result = self.mpirun(count, *self.command(), **{f"MODE_{count - 1}": "late"})
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(self.files(), ["efficiency_metrics.json"] + [
                    os.path.basename(self.rank_file(rank)) for rank in range(count)])
                merged = self.record("run/efficiency_metrics.json")
                ranks = [self.record(self.rank_file(rank)) for rank in range(count)]
                self.assertEqual((merged["ranks"], merged["status"]), (f"{count}/{count}", "completed"))
                self.assertEqual(merged["total_steps"], 5)
                self.assertEqual(merged["tokens"]["total"], 1500 * count)
                self.assertEqual(merged["unlearning_time_seconds"],
                                 max(rank["unlearning_time_seconds"] for rank in ranks))
                self.assertEqual(merged["host_rss_peak_bytes"],
                                 sum(rank["host_rss_peak_bytes"] for rank in ranks))
                self.assertEqual(ranks[1]["rank"]["source"], "Open MPI")
                self.assertEqual(ranks[1]["rank"]["launch"], ranks[0]["rank"]["launch"])
                self.assertNotIn("conflicts", ranks[0]["rank"])
                self.assertEqual(len(self.compare("ranks")), 1)

    @needs_mpirun
    def test_mpirun_with_a_rank_that_is_not_closed(self):
        self.mpirun(3, *self.command(), MODE_1="noclose")
        run, = self.compare("status", "ranks")
        self.assertEqual((run["status"], run["values"]["ranks"]), ("interrupted", "3/3"))

    @needs_mpirun
    def test_mpirun_below_effrecord(self):
        """One record, with the ranks' figures and how the command ended."""
        result = self.run_program(self.product.effrecord, "-o", self.run_dir, "-s", "seed=3", "--", MPIRUN,
                                  "--allow-run-as-root", "--oversubscribe", "-n", "3",
                                  *self.command(self.path("elsewhere")), env=self.environment())
        self.assertEqual(result.returncode, 0, result.stderr)
        merged = self.record("run/efficiency_metrics.json")
        self.assertEqual((merged["ranks"], merged["status"]), ("3/3", "completed"))
        self.assertEqual((merged["exit_code"], merged["seed"]), (0, 3))
        self.assertEqual(merged["tokens"]["total"], 4500)
        self.assertGreater(merged["process_tree"]["rss_peak_bytes"], 0)
        self.assertEqual(len(self.files()), 4)
        self.assertFalse(os.path.exists(self.path("elsewhere")))

    @needs_mpirun
    def test_effrecord_below_mpirun(self):
        result = self.mpirun(2, self.product.effrecord, "-o", self.run_dir, "-m", "NPO", "sleep", "0.2")
        self.assertEqual(result.returncode, 0, result.stderr)
        merged = self.record("run/efficiency_metrics.json")
        self.assertEqual((merged["ranks"], merged["status"], merged["method"]), ("2/2", "completed", "NPO"))
        self.assertGreaterEqual(merged["unlearning_time_seconds"], 0.2)

    def test_the_tool_merges_what_nobody_merged(self):
        self.one_rank(1, 3)
        self.one_rank(2, 3)
        self.assertEqual(len(self.files()), 2)
        run, = self.compare("status", "ranks", "tokens")
        self.assertEqual((run["name"], run["status"]), ("run", "partial"))
        self.assertEqual(run["values"]["ranks"], "2/3")
        self.assertEqual(run["values"]["tokens.total"], 3000)
        self.one_rank(0, 3)
        run, = self.compare("status", "ranks", "tokens")
        self.assertEqual((run["status"], run["values"]["ranks"]), ("completed", "3/3"))

    def test_the_newest_says_what_counts(self):
        self.one_rank(1, 2)
        self.one_rank(0, 2)
        path = os.path.join(self.run_dir, product.RECORD)
        merged = self.record(path)
        merged["ranks"] = "stamped"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(merged, file)
        # Far apart: what is written within a tick of the kernel's clock has one time.
        for name, age in ((self.rank_file(0), 60), (self.rank_file(1), 60), (path, 40)):
            os.utime(name, (time.time() - age, time.time() - age))
        self.assertEqual(self.compare("ranks")[0]["values"]["ranks"], "stamped")
        os.utime(self.rank_file(1), (time.time() - 20, time.time() - 20))
        self.assertEqual(self.compare("ranks")[0]["values"]["ranks"], "2/2")
        # A later run in the same directory that was a single process.
        merged = {"schema_version": 1, "status": "running", "total_steps": 7}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(merged, file)
        self.assertEqual(self.compare("steps")[0]["values"]["total_steps"], 7)

    def test_a_broken_record_of_a_rank(self):
        self.one_rank(1, 2)
        self.one_rank(0, 2)
        os.remove(self.path("run", product.RECORD))
        with open(self.rank_file(1), "w", encoding="utf-8") as file:
            file.write("{\n\"a\": }")
        result = self.run_program(self.effcompare, self.run_dir, "-f", "json", "-c", "ranks",
                                  env=self.product.environment())
        self.assertEqual(result.returncode, 3)
        self.assertIn("rank00001.json:2:", result.stderr)
        self.assertEqual(json.loads(result.stdout)["rows"][0]["status"], "partial")

    def test_merge_command(self):
        self.one_rank(1, 2)
        merge = [self.product.effrecord, "merge"]
        env = self.product.environment()
        result = self.run_program(*merge, self.run_dir, env=env)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, self.run_dir + "/efficiency_metrics.json: 1/2 ranks, partial\n", ""))
        self.assertEqual(self.record("run/efficiency_metrics.json")["ranks_missing"], [0])
        result = self.run_program(*merge, self.directory, env=env)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("no record of a rank here; nothing was merged", result.stderr)
        with open(self.rank_file(0), "w", encoding="utf-8") as file:
            file.write("[]")
        result = self.run_program(*merge, self.run_dir, env=env)
        self.assertEqual(result.returncode, 3)
        self.assertIn("rank00000.json: not a JSON object; the rank is left out", result.stderr)
        self.assertEqual(self.run_program(*merge, env=env).returncode, 2)
        self.assertIn("Usage: effrecord merge", self.run_program(*merge, "--help", env=env).stdout)

    def test_rank_0_waits_a_moment(self):
        late = subprocess.Popen(self.command(), env=self.environment(EFFREC_RANK="1/2", MODE_1="late"),
                                stdout=subprocess.DEVNULL)
        self.addCleanup(late.wait)
        self.one_rank(0, 2)
        self.assertEqual(self.record("run/efficiency_metrics.json")["status"], "completed")

    def test_ids_of_the_job(self):
        ids = {"SLURM_JOB_ID": "12", "SLURM_ARRAY_JOB_ID": "10", "SLURM_ARRAY_TASK_ID": "2",
               "SLURM_STEP_ID": "0", "SLURM_PROCID": "1", "SLURM_NTASKS": "2"}
        self.one_rank(0, 1, **ids)
        record = self.record("run/efficiency_metrics.json")
        self.assertEqual(record["job"], {"slurm_job_id": "12", "slurm_array_job_id": "10", "slurm_array_task_id": "2",
                                         "slurm_step_id": "0", "slurm_procid": "1"})
        self.assertEqual(record["rank"]["conflicts"][0]["source"], "Slurm step")


if __name__ == "__main__":
    unittest.main()
