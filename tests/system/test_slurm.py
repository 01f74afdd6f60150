"""`effrecord sweep --slurm`, and what is seen of it, on a Slurm of one node, and ranks on two; skipped where Slurm is
not installed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import product
import slurm_node

MAX_ARRAY = 8

# What a run does is its first argument.
PROGRAM = """
echo "$2" >> ran
case $1 in
fail*) echo broken; exit 3 ;;
waits*) while test -e program && ! test -e go; do sleep 0.05; done ;;
srun) srun -n 2 "$CLIENT" plain "$2" ;;
mpirun) mpirun --allow-run-as-root --oversubscribe -n 2 "$CLIENT" plain "$2" ;;
esac
"""


class Slurm(product.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        base = tempfile.TemporaryDirectory(prefix="effrec-slurm-")
        cls.addClassCleanup(base.cleanup)
        cls.node = slurm_node.Node(base.name, max_array=MAX_ARRAY)
        cls.addClassCleanup(cls.node.stop)

    def setUp(self):
        super().setUp()
        self.effcompare = os.path.join(os.path.dirname(self.product.effrecord), "effcompare")
        self.write("program", PROGRAM)
        self.addCleanup(self.end_all_jobs)

    def end_all_jobs(self):
        self.write("go")
        self.node.ask("scancel", "--user", str(os.geteuid()))
        self.wait_for(lambda: self.node.ask("squeue", "-h") == "")

    def environment(self, **more):
        # mpirun keeps sockets in TMPDIR, so that must have a short name.
        return {**self.product.environment(), **self.node.environment, "CLIENT": self.client, "TMPDIR": "/tmp", **more}

    def sweep(self, *arguments, env=None):
        words = [self.product.effrecord, "sweep", *arguments]
        if "--" not in arguments:
            words += ["--", "sh", "program", "{does}", "{output_dir}"]
        return self.run_program(*words, cwd=self.directory, env=env or self.environment())

    def submit(self, *arguments):
        """Submits, and returns the ids by directory name, for templates that end in the label's first value."""
        result = self.sweep("--slurm", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [line.split(" ", 1) for line in result.stdout.splitlines()]
        return {label.split()[0].split("=")[1]: number for number, label in lines}, result.stderr

    def compare(self, *arguments, env=None):
        result = self.run_program(self.effcompare, self.path("out"), "-f", "json", "-c", "time,method,does", *arguments,
                                  env=env or self.environment())
        self.assertIn(result.returncode, (0, 3), result.stderr)
        return json.loads(result.stdout)

    def statuses(self, **keywords):
        return {row["name"]: row["status"] for row in self.compare(**keywords)["rows"]}

    def wait_for(self, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.fail("waited for too long\n" + self.node.ask("squeue") + self.node.logs())
            time.sleep(0.05)

    def wait_for_status(self, **expected):
        self.wait_for(lambda: {name: self.statuses().get(name) for name in expected} == expected)

    def wait_for_start(self, name):
        """Until the run has written its record itself: Slurm says earlier that it runs."""
        self.wait_for(lambda: self.run_record("out", name)["status"] == "running")

    def run_record(self, *names):
        return self.record(os.path.join(*names, product.RECORD))

    def test_a_sweep_from_submission_to_resumption(self):
        arguments = ("--sbatch", "--gres=gpu:1 -t 5 -J 'my sweep'", "-L", "does=a,fails,b", "-L", "method=NPO",
                     "-o", "out/{does}")
        ids, told = self.submit(*arguments)
        self.assertEqual(told, "effrecord: 3 of 3 submitted\n")
        job = ids["a"].split("_")[0]
        self.assertEqual(ids, {"a": job + "_0", "fails": job + "_1", "b": job + "_2"})
        self.wait_for_status(a="completed", fails="failed", b="completed")
        for task, name in enumerate(("a", "fails", "b")):
            record = self.run_record("out", name)
            ids = record["job"]
            self.assertEqual((ids["slurm_cluster"], ids["slurm_array_job_id"], ids["slurm_array_task_id"]),
                             ("effrec", job, str(task)))
            self.assertNotIn("rank", record)  # a batch script has Slurm's variables, but no peers
            self.assertEqual((record["method"], record["does"], record["command"][:3]),
                             ("NPO", name, ["sh", "program", name]))
        self.assertEqual(self.run_record("out", "fails")["exit_code"], 3)
        self.assertRegex(self.read("out", "fails", "effrecord.log"),
                         rf"^# \d{{4}}-\S+Z Slurm job {job}_1 on \S+\nbroken\n$")
        self.assertEqual(self.read(f"slurm-{job}.out"), "")
        self.assertEqual(sorted(os.listdir(self.path("out", "a"))), [product.RECORD, "effrecord.log"])

        self.write("program", PROGRAM.replace("exit 3", "exit 0"))
        self.write("ran")
        ids, told = self.submit(*arguments)
        self.assertEqual(told, "effrecord: 1 of 3 submitted; 2 completed before\n")
        self.assertEqual(list(ids), ["fails"])
        self.wait_for_status(fails="completed")
        self.assertEqual(self.read("ran").split(), ["out/fails"])
        self.assertEqual(self.record("out/fails/efficiency_metrics.previous-1.json")["status"], "failed")

        result = self.sweep("--slurm", *arguments)
        self.assertEqual((result.returncode, result.stderr),
                         (0, "effrecord: 0 of 3 submitted; 3 completed before\n"))
        self.assertRegex(result.stdout, r"(?m)^a .*\n^b .*\n^fails ")

    def test_resources_are_passed_through(self):
        ids, _ = self.submit("--sbatch", "--gres=gpu:1 -t 7", "--sbatch=-J 'my sweep'", "-j", "1", "-L",
                             "does=waits1,waits2", "-o", "out/{does}")
        job = ids["waits1"].split("_")[0]
        self.wait_for_status(waits1="running", waits2="pending")
        shown = self.node.ask("squeue", "-h", "-r", f"-j{job},{job}", "-t", "R", "-o", "%j|%l|%b|%i|%Z")
        self.assertEqual(shown, f"my sweep|7:00|gres:gpu:1|{job}_0|{self.directory}")
        self.assertEqual(self.node.ask("squeue", "-h", "-r", f"-j{job},{job}", "-t", "PD", "-o", "%i %r"),
                         f"{job}_1 JobArrayTaskLimit")

    def test_what_waits_and_runs_is_seen_and_not_submitted_again(self):
        arguments = ("-j", "1", "-L", "does=waits,b", "-L", "method=NPO", "-o", "out/{does}")
        ids, _ = self.submit(*arguments)
        self.wait_for_status(waits="running", b="pending")
        self.wait_for_start("waits")
        table = self.compare()
        self.assertEqual([row["values"]["method"] for row in table["rows"]], ["NPO", "NPO"])
        self.assertIn("Slurm: 1 waits for JobArrayTaskLimit", table["notes"])
        self.assertIn("2 runs are not completed (1 pending, 1 running); what they cost so far is shown, but not ranked",
                      table["notes"])
        ids_again, told = self.submit(*arguments)
        self.assertEqual((ids_again, told), ({}, "effrecord: 0 of 2 submitted; 2 waiting or running already\n"))
        # Neither does a sweep here run them.
        result = self.sweep(*arguments)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"left alone: it waits as Slurm job {ids['b']} for JobArrayTaskLimit\n", result.stderr)
        self.assertRegex(result.stderr, rf"left alone: it is running as process \d+ of .*, Slurm job \d+_0\n")
        # Without squeue the records count.
        self.assertEqual(self.statuses(env=self.environment(PATH="/nowhere")), {"b": "pending", "waits": "running"})
        self.write("go")
        self.wait_for_status(waits="completed", b="completed")
        self.assertEqual(self.read("ran").split(), ["out/waits", "out/b"])

    def test_what_was_cancelled(self):
        arguments = ("-j", "1", "-L", "does=waits,b,c", "-o", "out/{does}")
        ids, _ = self.submit(*arguments)
        self.wait_for_start("waits")
        self.node.ask("scancel", ids["b"])
        self.wait_for_status(b="interrupted", c="pending")
        self.assertIn(f"Slurm: 1 waits for JobArrayTaskLimit; {ids['b']} is gone", self.compare()["notes"])
        self.node.ask("scancel", ids["waits"])
        self.wait_for_status(waits="failed")
        self.assertEqual(self.run_record("out", "waits")["exit_signal"], 15)
        self.wait_for_status(c="completed")
        self.write("go")
        again, told = self.submit(*arguments)
        self.assertEqual((sorted(again), told), (["b", "waits"], "effrecord: 2 of 3 submitted; 1 completed before\n"))
        self.wait_for_status(waits="completed", b="completed")

    def test_what_was_requeued(self):
        """As after a preemption: the run has ended, but its job waits again."""
        arguments = ("-L", "does=waits", "-o", "out/{does}")
        ids, _ = self.submit(*arguments)
        self.wait_for_start("waits")
        self.node.ask("scontrol", "requeue", ids["waits"])
        self.wait_for(lambda: self.run_record("out", "waits")["status"] == "failed")
        self.wait_for_status(waits="pending")
        self.assertIn("Slurm: 1 waits for BeginTime", self.compare()["notes"])
        self.assertEqual(self.submit(*arguments), ({}, "effrecord: 0 of 1 submitted; 1 waiting or running already\n"))
        self.write("go")
        self.node.ask("scontrol", "update", "jobid=" + ids["waits"], "starttime=now")
        self.wait_for_status(waits="completed")
        self.assertEqual(self.record("out/waits/efficiency_metrics.previous-1.json")["status"], "failed")

    def test_a_run_that_is_suspended(self):
        """From another machine its heartbeat is overdue, but Slurm knows better."""
        ids, _ = self.submit("-L", "does=waits", "-o", "out/{does}")
        self.wait_for_start("waits")
        self.node.ask("scontrol", "suspend", ids["waits"])
        path = os.path.join("out", "waits", product.RECORD)
        record = self.record(path)
        record.update(host="elsewhere", boot_id="another", heartbeat_unix_seconds=0)
        self.write(path, json.dumps(record))
        self.assertEqual(self.statuses(env=self.environment(PATH="/nowhere")), {"waits": "interrupted"})
        self.wait_for_status(waits="running")
        self.node.ask("scontrol", "resume", ids["waits"])
        self.write("go")
        self.wait_for_status(waits="completed")

    def test_a_run_that_was_killed(self):
        """From another machine Slurm is the one to ask until the heartbeat is overdue."""
        ids, _ = self.submit("-L", "does=waits", "-o", "out/{does}")
        self.wait_for_start("waits")
        path = os.path.join("out", "waits", product.RECORD)
        record = self.record(path)
        os.kill(record["pid"], signal.SIGKILL)
        self.wait_for_status(waits="interrupted")
        record.update(host="elsewhere", boot_id="another")
        self.write(path, json.dumps(record))
        self.assertEqual(self.statuses(env=self.environment(PATH="/nowhere")), {"waits": "running"})
        self.wait_for_status(waits="interrupted")
        self.assertIn(f"Slurm: {ids['waits']} is gone (FAILED)", self.compare()["notes"])

    def test_directories_with_characters_that_mean_something(self):
        """To Slurm '%j' is the job's number, in the current directory as well."""
        self.directory = self.path("50%j of 'it' \"\n$HOME")
        os.mkdir(self.directory)
        self.write("program", PROGRAM)
        ids, _ = self.submit("--sbatch", "-J 'a %j %x'", "-L", "does=a %j", "-o", "out/{does}")
        self.wait_for_status(**{"a %j": "completed"})
        job = ids["a"].split("_")[0]
        self.assertEqual(sorted(os.listdir(self.directory)), ["out", "program", "ran", f"slurm-{job}.out"])

    def test_more_than_an_array_may_hold(self):
        ids, told = self.submit("-L", "seed=1..10", "-o", "out/{seed}", "--", "true")
        self.assertEqual(told, "effrecord: 10 of 10 submitted\n")
        first, second = ids["1"].split("_")[0], ids["10"].split("_")[0]
        self.assertEqual(list(ids.values()), [f"{first}_{task}" for task in range(MAX_ARRAY)] +
                         [f"{second}_{task}" for task in range(2)])
        self.wait_for(lambda: set(self.statuses().values()) == {"completed"})

    def test_held_by_the_user(self):
        ids, _ = self.submit("--sbatch", "--hold", "-L", "does=a", "-o", "out/{does}")
        self.assertIn("Slurm: 1 waits for JobHeldUser", self.compare()["notes"])
        self.node.ask("scontrol", "release", ids["a"].split("_")[0])
        self.wait_for_status(a="completed")

    def test_what_sbatch_refuses(self):
        result = self.sweep("--slurm", "--sbatch", "-p nonsense", "-L", "does=a,b", "-o", "out/{does}")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("invalid partition specified: nonsense", result.stderr)
        self.assertIn("effrecord: 0 of 2 submitted; 2 not submitted, the same command does that\n", result.stderr)
        self.assertFalse(os.path.exists(self.path("out")))
        result = self.sweep("--sbatch", "--array=1-2", "-L", "does=a", "-o", "out/{does}")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--sbatch: the sweep makes the array", result.stderr)
        result = self.sweep("--slurm", "-L", "does=a", "-o", "out/{does}", env=self.environment(PATH="/nowhere"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("there is no Slurm here", result.stderr)

    def test_what_users_set_for_their_own_squeue(self):
        self.submit("--sbatch", "--hold", "-L", "does=a", "-o", "out/{does}")
        for name, value in (("USERS", "daemon"), ("PARTITION", "debug2"), ("NAMES", "train"), ("FORMAT2", "JobID:9"),
                            ("STATES", "RUNNING"), ("ACCOUNT", "theirs"), ("QOS", "high"), ("LICENSES", "a"),
                            ("PRIORITY", "1"), ("SORT", "x")):
            with self.subTest(name):
                self.assertEqual(self.statuses(env=self.environment(**{"SQUEUE_" + name: value})), {"a": "pending"})

    def test_submitted_from_a_step(self):
        """As from the shell of 'srun -n 2 --pty bash', whose variables sbatch hands on."""
        step = {"SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_NTASKS": "2", "PMI_RANK": "0", "PMI_SIZE": "2",
                "PMIX_RANK": "0"}
        self.sweep("--slurm", "-L", "does=a", "-o", "out/{does}", env=self.environment(**step))
        self.wait_for_status(a="completed")
        self.assertNotIn("slurm_step_id", self.run_record("out", "a")["job"])

    def test_dry_run(self):
        result = self.sweep("--slurm", "--dry-run", "--sbatch", "-t 5", "-L", "does=a,it's", "-o", "out/{does}")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertFalse(os.path.exists(self.path("out")))
        self.assertEqual(self.node.ask("squeue", "-h"), "")
        # It is a shell command that does the same, but for the records of what waits.
        job = subprocess.run(["sh", "-c", result.stdout], cwd=self.directory, env=self.environment(), check=True,
                             capture_output=True, text=True).stdout.strip()
        self.node.ask("scontrol", "release", job)
        self.wait_for(lambda: all(os.path.exists(self.path("out", name, product.RECORD)) for name in ("a", "it's")))
        self.wait_for(lambda: self.statuses() == {"a": "completed", "it's": "completed"})

    def test_ranks_of_a_step(self):
        """srun below the wrapper, in a task of an array: every rank's record has all ids."""
        ids, _ = self.submit("--sbatch", "-n 2", "-L", "does=srun", "-o", "out/{does}")
        self.wait_for(lambda: "exit_code" in self.run_record("out", "srun"))  # added when all ranks are merged
        merged = self.run_record("out", "srun")
        self.assertEqual((merged["ranks"], merged["exit_code"]), ("2/2", 0))
        self.assertEqual(merged["tokens"]["total"], 3000)
        array, task = ids["srun"].split("_")
        for rank in range(2):
            record = self.record(f"out/srun/efficiency_metrics.rank{rank:05}.json")
            self.assertEqual(record["rank"]["source"], "Slurm step")
            self.assertEqual((record["rank"]["rank"], record["rank"]["world_size"], record["rank"]["local_rank"]),
                             (rank, 2, rank))
            ids = record["job"]
            self.assertEqual((ids["slurm_array_job_id"], ids["slurm_array_task_id"], ids["slurm_step_id"],
                              ids["slurm_procid"]), (array, task, "0", str(rank)))
            self.assertEqual(ids["slurm_cluster"], "effrec")

    @unittest.skipUnless(shutil.which("mpirun"), "there is no mpirun")
    def test_ranks_of_mpirun(self):
        """mpirun below the wrapper, in a task of an array."""
        ids, _ = self.submit("--sbatch", "-n 2", "-L", "does=mpirun", "-o", "out/{does}")
        self.wait_for_status(mpirun="completed")
        self.wait_for(lambda: "exit_code" in self.run_record("out", "mpirun"))
        self.assertEqual(self.run_record("out", "mpirun")["ranks"], "2/2")
        record = self.record("out/mpirun/efficiency_metrics.rank00001.json")
        self.assertEqual((record["rank"]["source"], record["rank"]["rank"]), ("Open MPI", 1))
        self.assertNotIn("conflicts", record["rank"])
        self.assertEqual((record["job"]["slurm_array_job_id"] + "_" + record["job"]["slurm_array_task_id"]), ids["mpirun"])

    def test_shards_as_the_guide_has_them(self):
        with open(os.path.join(product.SOURCE, "../../docs/guide.md"), encoding="utf-8") as file:
            parts = file.read().split("<!-- run by tests/system/test_slurm.py -->\n```bash\n")[1:]
        script, command = (part.split("```", 1)[0] for part in parts)
        self.sweep("-L", "seed=1..20", "-o", "saves/unlearn/{seed}", "--", "true")
        self.write("shards.sh", script)
        path = os.path.dirname(self.product.effrecord) + ":" + self.environment()["PATH"]
        result = self.run_program("sh", "-c", command, cwd=self.directory, env=self.environment(PATH=path))
        direct = self.run_program(self.effcompare, cwd=self.directory, env=self.environment())
        self.assertEqual(result.stdout[result.stdout.index("=="):], direct.stdout, self.read("shards.log"))
        self.assertEqual(len(os.listdir(self.path("shards"))), 8)
        self.assertIn("\n20  ", direct.stdout)

    def test_the_wrapper_as_each_task_of_a_step(self):
        result = self.run_program("srun", "-n", "2", self.product.effrecord, "-o", self.path("out", "run"), "-m", "NPO",
                                  "sleep", "0.2", env=self.environment())
        self.assertEqual(result.returncode, 0, result.stderr)
        record = self.run_record("out", "run")
        self.assertEqual((record["ranks"], record["status"], record["method"]), ("2/2", "completed", "NPO"))
        self.assertEqual(record["job"]["slurm_step_id"], "0")


@unittest.skipUnless(slurm_node.can_rename_hosts(), "no right to give a host another name")
class TwoNodes(product.TestCase):
    def setUp(self):
        super().setUp()
        base = tempfile.TemporaryDirectory(prefix="effrec-slurm-")
        self.addCleanup(base.cleanup)
        node = slurm_node.Node(base.name, names=("first", "second"))
        self.addCleanup(node.stop)
        self.env = {**self.product.environment(), **node.environment, "FAKE_NVML_PIDS": "0",
                    "FAKE_NVML_MEMORY": "900,3000"}
        self.env["LD_LIBRARY_PATH"] = os.environ["EFFREC_TEST_FAKES"] + ":" + self.env["LD_LIBRARY_PATH"]

    def test_memory_is_that_of_each_host(self):
        """Four ranks, two on each of two hosts whose GPUs happen to have the same ids."""
        result = self.run_program("srun", "-N", "2", "--ntasks-per-node", "2", self.product.effrecord, "-o",
                                  self.directory, "sleep", "1", env=self.env)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        merged = self.record()
        ranks = [self.record(f"efficiency_metrics.rank{rank:05}.json") for rank in range(4)]
        self.assertEqual((merged["ranks"], merged["status"]), ("4/4", "completed"))
        self.assertEqual([(rank["host"], rank["rank"]["local_rank"]) for rank in ranks],
                         [("first", 0), ("first", 1), ("second", 0), ("second", 1)])
        sums = [sum(rank["host_rss_peak_bytes"] for rank in ranks if rank["host"] == host)
                for host in ("first", "second")]
        self.assertEqual([(host["host"], host["ranks"], host["rss_peak_bytes"]) for host in merged["hosts"]],
                         [("first", 2, sums[0]), ("second", 2, sums[1])])
        self.assertEqual((merged["host_rss_peak_bytes"], merged["host_rss_total_bytes"]), (max(sums), sum(sums)))
        self.assertEqual([(gpu["host"], gpu["name"], gpu["ranks"], gpu["device_memory_peak_bytes"] >> 20)
                          for gpu in merged["gpus"]],
                         [(host, name, 2, 3000) for host in ("first", "second") for name in ("Fake GPU 0", "Fake GPU 1")])


if __name__ == "__main__":
    reason = slurm_node.reason_to_skip()
    if reason:
        print("skipped:", reason)
        sys.exit(77)  # as meson understands it
    unittest.main()
