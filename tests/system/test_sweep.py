"""`effrecord sweep` as installed."""

import json
import os
import pty
import resource
import shlex
import signal
import subprocess
import sys
import time
import unittest

import product

# What a run does is its first argument; it tells that it ran in a file beside its output directory.
PROGRAM = """
echo "$2" >> ran
case $1 in
fail*) echo broken; exit 3 ;;
dies*) kill -9 $$ ;;
waits*) while test -e program && ! test -e go; do sleep 0.02; done ;;
asks*) read answer; echo "answer: $answer." ;;
esac
"""


class Sweep(product.TestCase):
    def setUp(self):
        super().setUp()
        self.bin = os.path.dirname(self.product.effrecord)
        with open(self.path("program"), "w", encoding="utf-8") as file:
            file.write(PROGRAM)

    def words(self, *arguments):
        """The command line of a sweep, with the little program unless another is given."""
        words = [self.product.effrecord, "sweep", *arguments]
        return words if "--" in arguments else words + ["--", "sh", "program", "{does}", "{output_dir}"]

    def sweep(self, *arguments, **keywords):
        return self.run_program(*self.words(*arguments), cwd=self.directory, **keywords)

    def start(self, *arguments):
        process = subprocess.Popen(self.words(*arguments), cwd=self.directory, text=True,
                                   env=self.product.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.addCleanup(self.write, "go")
        return process

    def ran(self):
        """The directories that the program ran for, in order."""
        return self.read("ran").split() if os.path.exists(self.path("ran")) else []

    def wait_for(self, condition):
        for _ in range(2000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("waited for too long")

    def lives(self, pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
        except OSError:
            return False

    def running(self, directory):
        """Whether the record there is of a run that has started."""
        path = os.path.join(directory, product.RECORD)
        return os.path.exists(self.path(path)) and self.record(path)["status"] == "running"

    def test_every_combination_in_order(self):
        result = self.sweep("-L", "does=a,b c", "-L", "seed=0..1", "-o", "out/{does}_{seed}", "-s",
                            "twice={seed}{seed}")
        self.assertEqual(result.returncode, 0, result.stderr)
        names = ["a_0", "a_1", "b c_0", "b c_1"]
        self.assertEqual(self.read("ran").splitlines(), ["out/" + name for name in names])
        self.assertEqual(sorted(os.listdir(self.path("out"))), names)
        for name in names:
            self.assertEqual(sorted(os.listdir(self.path("out", name))), [product.RECORD, "effrecord.log"])
        record = self.record(os.path.join("out", "b c_1", product.RECORD))
        self.assertEqual((record["status"], record["does"], record["seed"], record["twice"]),
                         ("completed", "b c", 1, 11))
        self.assertEqual(record["command"], ["sh", "program", "b c", "out/b c_1"])
        for number, line in enumerate(result.stderr.splitlines(), 1):
            self.assertRegex(line, rf"^effrecord: {number}/4 does=.* seed=.: completed in 0:0\d")
        self.assertEqual(number, 4)

    def test_ends_with_the_comparison(self):
        result = self.sweep("-L", "does=a,b", "-o", "{does}")
        self.assertIn("Unlearning Efficiency Metrics Comparison", result.stdout)
        self.assertRegex(result.stdout, r"(?m)^a  .*\n^b  ")

    def test_without_effcompare(self):
        lonely = self.path("effrecord")
        with open(self.product.effrecord, "rb") as source, open(lonely, "wb") as copy:
            copy.write(source.read())
        os.chmod(lonely, 0o755)
        empty = self.path("empty")
        os.mkdir(empty)
        result = subprocess.run([lonely, "sweep", "-L", "x=1", "-o", "{x}", "/bin/true"],
                                env={**self.product.environment(), "PATH": empty}, cwd=self.directory,
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn("effcompare is neither beside this program nor in PATH", result.stderr)

    def test_logs(self):
        self.sweep("-L", "does=fails,asks", "-o", "{does}", input="not for the runs\n")
        self.assertRegex(self.read("fails", "effrecord.log"),
                         r"^# \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ sh program fails fails\nbroken\n$")
        self.assertIn("answer: .\n", self.read("asks", "effrecord.log"))
        self.sweep("-L", "does=fails", "-o", "{does}")
        self.assertEqual(self.read("fails", "effrecord.log").count("broken\n"), 2)

    def test_a_failure_does_not_stop_the_others(self):
        result = self.sweep("-L", "does=fails,a,dies,b", "-o", "{does}")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(self.ran(), ["fails", "a", "dies", "b"])
        self.assertIn("effrecord: 2 of 4 are not completed; the same command goes on from here\n"
                      "  does=fails: exit status 3; see fails/effrecord.log\n"
                      "  does=dies: exit status 137 (Killed); see dies/effrecord.log\n", result.stderr)
        self.assertRegex(result.stdout, r"(?m)^fails \[failed\]")

    def test_an_exit_status_that_is_no_signal(self):
        result = self.sweep("-L", "x=1", "-o", "{x}", "--", "sh", "-c", "exit 255")
        self.assertIn("  x=1: exit status 255; see 1/effrecord.log\n", result.stderr)

    def test_a_command_that_is_not_there(self):
        result = self.sweep("-L", "x=1,2", "-o", "{x}", "--", "no-such-command-{x}")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(result.stderr.count("exit status 127; see 1/effrecord.log"), 2,
                         result.stderr + self.read("1", "effrecord.log"))
        self.assertIn("no-such-command-2: No such file or directory", self.read("2", "effrecord.log"))

    def test_a_directory_that_cannot_be_made(self):
        self.write("file")
        result = self.sweep("-L", "does=file/x,a", "-o", "{does}")
        self.assertEqual(result.returncode, 1)
        self.assertIn("does=file/x: failed: file/x: Not a directory", result.stderr)
        self.assertEqual(self.ran(), ["a"])

    def test_a_log_that_cannot_be_written(self):
        """As on a full disk: nothing runs for hours whose messages and record would be lost."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        arguments = ("-L", "does=a,b", "-o", "{does}")
        result = self.sweep(*arguments, preexec_fn=limit)
        self.assertEqual((result.returncode, self.ran()), (1, []))
        self.assertIn("effrecord: does=b: failed: b/effrecord.log: File too large\n", result.stderr)
        self.assertEqual(self.sweep(*arguments).returncode, 0)

    def test_a_record_that_cannot_be_read_is_not_written_again(self):
        os.makedirs(self.path("a", product.RECORD))
        arguments = ("-L", "does=a,b", "-o", "{does}")
        result = self.sweep(*arguments)
        self.assertEqual((result.returncode, self.ran()), (1, ["b"]))
        reason = "its record cannot be read: not a regular file"
        self.assertIn(f"effrecord: does=a: failed: {reason}\n", result.stderr)
        self.assertIn(f"# does=a: {reason}\n", self.sweep("-n", *arguments).stdout)
        result = self.sweep("--slurm", *arguments)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr, f"effrecord: does=a: {reason}\neffrecord: 0 of 2 submitted; "
                         "1 completed before; 1 not submitted, the same command does that\n")

    def test_started_again_it_does_what_is_left(self):
        arguments = ("-L", "does=fails,a,b", "-o", "{does}")
        self.assertEqual(self.sweep(*arguments).returncode, 1)
        self.write("program", PROGRAM.replace("exit 3", "exit 0"))
        self.write("ran")
        result = self.sweep(*arguments)
        self.assertEqual((result.returncode, self.ran()), (0, ["fails"]))
        self.assertTrue(result.stderr.startswith("effrecord: 2 of 3 were completed before\n"))
        result = self.sweep(*arguments)
        self.assertEqual((result.returncode, self.ran()), (0, ["fails"]))
        self.assertEqual(result.stderr, "effrecord: all 3 were completed before\n")
        self.assertRegex(result.stdout, r"(?m)^a .*\n^b .*\n^fails ")

    def test_a_run_that_lives_is_left_alone(self):
        process = self.start("-L", "does=waits", "-o", "{does}")
        self.wait_for(lambda: self.running("waits") and "waits" in self.ran())
        result = self.sweep("-L", "does=waits,a", "-o", "{does}")
        self.assertEqual((result.returncode, self.ran()), (1, ["waits", "a"]))
        pid = self.record(os.path.join("waits", product.RECORD))["pid"]
        self.assertIn(f"does=waits: left alone: it is running as process {pid} of ", result.stderr)
        self.write("go")
        process.communicate()
        self.assertEqual(process.returncode, 0)

    def test_a_program_whose_effrecord_is_gone_is_left_alone(self):
        process = self.start("-L", "does=waits", "-o", "{does}")
        self.wait_for(lambda: self.running("waits") and self.ran())
        process.kill()
        process.wait()
        pid = self.record(os.path.join("waits", product.RECORD))["pid"]
        os.kill(pid, signal.SIGKILL)
        self.wait_for(lambda: not self.lives(pid))
        result = self.sweep("-L", "does=waits", "-o", "{does}")
        self.assertEqual((result.returncode, self.ran()), (1, ["waits"]))
        self.assertIn("a process of another start still writes to waits/effrecord.log", result.stderr)
        self.write("go")
        self.wait_for(lambda: self.sweep("-L", "does=waits", "-o", "{does}").returncode == 0)

    def test_killed_in_the_middle(self):
        arguments = ("-L", "does=a,waits,b", "-o", "{does}")
        process = self.start(*arguments)
        self.wait_for(lambda: self.running("waits") and "waits" in self.ran())
        process.kill()
        process.wait()
        self.assertEqual(self.ran(), ["a", "waits"])
        self.write("go")
        self.wait_for(lambda: not self.running("waits"))  # it was recorded to its end
        result = self.sweep(*arguments)
        self.assertEqual((result.returncode, self.ran()), (0, ["a", "waits", "b"]))

    def test_a_signal_is_passed_on(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                arguments = ("-L", f"does=a{number},waits{number},b{number}", "-o", "{does}")
                process = self.start(*arguments)
                self.wait_for(lambda: self.running(f"waits{number}"))
                process.send_signal(number)
                stderr = process.communicate()[1]
                self.assertEqual(process.returncode, 128 + number)
                self.assertIn("no more are started; 1 still running", stderr)
                self.assertIn("2 of 3 are not completed", stderr)
                self.assertNotIn(f"b{number}", self.ran())
                self.write("go")
                self.write("ran")
                self.assertEqual(self.sweep(*arguments).returncode, 0)
                self.assertEqual(self.ran(), [f"waits{number}", f"b{number}"])
                os.remove(self.path("go"))

    def terminal(self, *arguments):
        """A sweep in a terminal of its own: its process and the terminal."""
        words = self.words(*arguments)
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.directory)
            os.execve(words[0], words, {**self.product.environment(), "TERM": "xterm"})
        return pid, terminal

    def output_of(self, terminal):
        output = b""
        try:
            while data := os.read(terminal, 4096):
                output += data
        except OSError:
            pass
        os.close(terminal)
        return output.decode()

    def test_progress_on_a_terminal(self):
        pid, terminal = self.terminal("-L", "does=fails,a,b", "-o", "{does}")
        output = self.output_of(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 1)
        self.assertIn("\r0/3 done; 1 running: does=fails\033[K", output)
        self.assertRegex(output, r"\r1/3 done, 1 failed(, about 0:0\d left)?; 1 running: does=b\033\[K")
        self.assertIn("\r\033[Keffrecord: does=fails: failed: exit status 3", output)
        self.assertNotIn("completed in", output)

    def test_a_key_press_arrives_once_and_stops_the_sweep(self):
        program = ("import os, signal, sys, time\n"
                   "got = []\n"
                   "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
                   "open('ready', 'w').close()\n"
                   "while not got: time.sleep(0.02)\n"
                   "time.sleep(0.3)\n"
                   "print('count', len(got))\n"
                   "sys.exit(9)\n")
        pid, terminal = self.terminal("-L", "x=1,2", "-o", "{x}", "--", sys.executable, "-c", program)
        self.wait_for(lambda: os.path.exists(self.path("ready")))
        os.write(terminal, b"\x03")
        output = self.output_of(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 128 + signal.SIGINT)
        self.assertIn("count 1\n", self.read("1", "effrecord.log"))
        self.assertFalse(os.path.exists(self.path("2")))
        self.assertIn("no more are started; 1 still running", output)

    def test_several_at_a_time(self):
        process = self.start("-j", "2", "-L", "does=waits1,waits2,b", "-o", "{does}")
        self.wait_for(lambda: self.running("waits1") and self.running("waits2"))
        self.assertFalse(os.path.exists(self.path("b")))
        self.write("go")
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.ran()[2], "b")

    def test_a_closed_standard_error_does_not_leave_runs_alone(self):
        process = self.start("-L", "does=waits,b", "-o", "{does}")
        self.wait_for(lambda: self.running("waits"))
        process.stderr.close()
        self.write("go")
        process.stdout.read()
        self.assertEqual(process.wait(), 0)
        self.assertEqual(self.ran(), ["waits", "b"])
        process.stderr = None

    def test_dry_run(self):
        self.sweep("-L", "does=a", "-o", "{does}")
        result = self.sweep("--dry-run", "-L", "does=a,it's", "-L", "n=1", "-o", "{does}")
        self.assertEqual(result.stdout, "# does=a n=1: completed\n"
                         "effrecord run -o 'it'\\''s' --set 'does=it'\\''s' --set n=1 -- "
                         "sh program 'it'\\''s' 'it'\\''s'\n")
        self.assertEqual((result.returncode, result.stderr, self.ran()), (0, "", ["a"]))
        env = self.product.environment()
        subprocess.run(["sh", "-c", result.stdout], cwd=self.directory, check=True,
                       env={**env, "PATH": self.bin + ":" + env["PATH"]})
        self.assertEqual(self.record(os.path.join("it's", product.RECORD))["n"], 1)

    def test_nothing_runs_after_a_mistake(self):
        loop = ("-L", "does=a,b")
        for arguments, text in (
                ((*loop, "-o", "x"), "'x' is x both for does=a and for does=b"),
                ((*loop, "-o", "{dos}"), "'{dos}', column 1: no -L defines {dos}; did you mean {does}?"),
                ((*loop, "-o", "{does}", "--", "echo", "{seed}"), "COMMAND: '{seed}', column 1: no -L"),
                ((*loop, *loop, "-o", "{does}"), "--loop: 'does=a,b', column 1: this name was given"),
                (("-L", "does=", "-o", "{does}"), "column 6: a value is missing"),
                ((*loop, "-o", "{does}", "-j", "0"), "--jobs: '0' is not a whole number from 1"),
                ((*loop, "-o", "{does}", "-s", "status=1"), "--set: 'status' cannot be set"),
                (("-o", "x"), "over what?"), (loop, "where to?"),
                ((*loop, "-o", "{does}", "--"), "which command is to be run?")):
            with self.subTest(arguments):
                result = self.sweep(*arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(text, result.stderr)
                self.assertIn("; nothing was run\n", result.stderr)
                self.assertEqual(os.listdir(self.directory), ["program"])

    def slurm_standin(self, sbatch_prints, release="true", show="true"):
        """Programs that stand for Slurm's and note how they are called; the environment that has them."""
        os.mkdir(self.path("bin"))
        for name, script in (("sbatch", f"cat >script; echo '{sbatch_prints}'"),
                             ("scontrol", "case $1 in\n"
                              f"show) {show}; echo 'ClusterName = here'; echo 'MaxArraySize = 1001' ;;\n"
                              f"*) {release} ;;\nesac"),
                             ("squeue", "exit 1")):
            self.write(f"bin/{name}", f"#!/bin/sh\necho {name} \"$@\" >>calls\n{script}\n")
            os.chmod(self.path("bin", name), 0o755)
        env = self.product.environment()
        return {**env, "PATH": self.path("bin") + ":" + env["PATH"]}

    def test_slurm_on_a_cluster_that_an_option_chose(self):
        env = self.slurm_standin("12;there")
        result = self.sweep("--sbatch", "-M there", "-L", "does=a,b", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, "12_0 does=a\n12_1 does=b\n", "effrecord: 2 of 2 submitted\n"))
        self.assertEqual(self.read("calls").splitlines(), [
            "scontrol show config",
            "sbatch --job-name=effrecord --output=slurm-%A.out --open-mode=append -M there --parsable --hold --array=0-1",
            "scontrol --clusters there release 12"])
        record = self.record(os.path.join("b", product.RECORD))
        self.assertEqual((record["status"], record["does"]), ("pending", "b"))
        self.assertEqual(record["job"],
                         {"slurm_cluster": "there", "slurm_array_job_id": "12", "slurm_array_task_id": "1"})
        # Nobody here knows of that cluster's jobs.
        result = self.sweep("--slurm", "-L", "does=a,b", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, result.stderr), (0, "effrecord: 0 of 2 submitted; 2 waiting or running already\n"))

    def test_slurm_that_does_not_answer_as_expected(self):
        env = self.slurm_standin("Submitted")
        result = self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("effrecord: sbatch gave no job id; squeue tells whether there is a job\n", result.stderr)
        self.assertFalse(os.path.exists(self.path("a")))

    def test_slurm_that_takes_its_time(self):
        result = self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=self.slurm_standin("12", show="sleep 3"))
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, "12_0 does=a\n", "effrecord: 1 of 1 submitted\n"))

    def test_slurm_that_cannot_be_reached(self):
        env = self.slurm_standin("12", show="echo 'error: connect failure' >&2; exit 1")
        result = self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("effrecord: scontrol failed: error: connect failure\n", result.stderr)

    def test_two_that_submit_at_once(self):
        env = self.slurm_standin("12", show="sleep 1")
        self.write("bin/squeue", "#!/bin/sh\necho 12_0 PENDING Resources\necho 12_1 PENDING Resources\n")
        words = self.words("--slurm", "-L", "does=a,b", "-o", "{does}")
        both = [subprocess.Popen(words, cwd=self.directory, text=True, env=env, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE) for _ in range(2)]
        told = sorted(process.communicate(timeout=60)[1] for process in both)
        self.assertEqual(told, ["effrecord: 2 of 2 submitted\n",
                                "effrecord: waiting for another submission from this directory\n"
                                "effrecord: 0 of 2 submitted; 2 waiting or running already\n"])
        self.assertEqual(self.read("calls").count("sbatch"), 1)

    def test_an_interrupted_sbatch(self):
        """It may have submitted the array."""
        env = self.slurm_standin("12")
        self.write("bin/sbatch", "#!/bin/sh\nkill -2 $$\n")
        result = self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("effrecord: sbatch: Interrupt; squeue tells whether it did its work\n", result.stderr)

    def test_slurm_that_does_not_release(self):
        result = self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=self.slurm_standin("12", "exit 1"))
        self.assertEqual((result.returncode, result.stdout), (1, "12_0 does=a\n"))
        self.assertIn("effrecord: scontrol: exit status 1\n"
                      "effrecord: job 12 is held until 'scontrol release 12'\n", result.stderr)
        self.assertEqual(self.record(os.path.join("a", product.RECORD))["status"], "pending")

    def test_slurm_with_recording_switched_off(self):
        env = {**self.slurm_standin("12"), "EFFREC_DISABLE": "1"}
        result = self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, result.stdout), (0, "12_0 does=a\n"))
        self.assertFalse(os.path.exists(self.path("a")))

    def test_a_pending_run_without_slurm(self):
        self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=self.slurm_standin("12"))
        result = self.sweep("-L", "does=a", "-o", "{does}")
        self.assertEqual(result.returncode, 1)
        self.assertIn("does=a: left alone: it waits as Slurm job 12_0\n", result.stderr)
        self.assertEqual(self.ran(), [])

    def test_a_run_whose_job_is_gone(self):
        """Its record is fresh, and of another machine."""
        env = self.slurm_standin("12")
        self.sweep("--slurm", "-L", "does=a", "-o", "{does}", env=env)
        record = self.record(os.path.join("a", product.RECORD))
        record.update(status="running", pid=1, host="elsewhere", boot_id="another",
                      heartbeat_unix_seconds=time.time(), heartbeat_interval_seconds=30)
        self.write(os.path.join("a", product.RECORD), json.dumps(record))
        self.write("bin/squeue", "#!/bin/sh\n")
        result = self.sweep("-L", "does=a", "-o", "{does}", env=env)
        self.assertEqual((result.returncode, self.ran()), (0, ["a"]), result.stderr)

    def test_switched_off(self):
        result = self.sweep("-L", "does=a,fails", "-o", "{does}",
                            env={**self.product.environment(), "EFFREC_DISABLE": "1"})
        self.assertEqual((result.returncode, result.stdout, self.ran()), (1, "", ["a", "fails"]))
        self.assertEqual(os.listdir(self.path("a")), ["effrecord.log"])

    def test_help(self):
        self.assertIn("--loop NAME=VALUE,...", self.sweep("--help").stdout)
        self.assertIn("effrecord sweep --help", self.run_program(self.product.effrecord, "--help").stdout)

    def bench(self, methods, *arguments):
        """effbench for each method, as shell scripts call a trainer, with a short training."""
        return self.sweep("-L", "method=" + methods, *arguments, "--", os.path.join(self.bin, "effbench"),
                          "{method}", "-o", "{output_dir}", "--train-epochs", "1", timeout=180)

    def test_in_place_of_benchmark_efficiency_sh(self):
        result = self.bench("GradAscent,NPO,LMCleanerSampleLevel", "-o",
                            "saves/unlearn/efficiency_{method}_forget01")
        self.assertEqual(result.returncode, 0, result.stderr)
        for method in ("GradAscent", "NPO", "LMCleanerSampleLevel"):
            path = os.path.join("saves/unlearn", f"efficiency_{method}_forget01")
            record = self.record(os.path.join(path, product.RECORD))
            self.assertEqual((record["status"], record["method"]), ("completed", method))
            self.assertEqual(record["recorder"]["name"], "libeffrecord")
            self.assertIn("process_tree", record)
            self.assertEqual(sorted(os.listdir(self.path(path))),
                             [product.RECORD, "effrecord.log", "evals", "model.f32"])
            with open(self.path(path, "evals", "TOFU_SUMMARY.json"), encoding="utf-8") as file:
                self.assertIn("forget_quality", json.load(file))
            self.assertRegex(result.stdout, rf"(?m)^efficiency_{method}_forget01 +\d")

    def test_the_readmes_command(self):
        """What the README's first command runs; .ci/run runs it as it stands there."""
        with open(os.path.join(product.SOURCE, "../../README.md"), encoding="utf-8") as file:
            line = next(line for line in file if "effrecord sweep" in line)
        words = shlex.split(line[line.index("effrecord sweep"):])[2:]
        result = self.sweep("--dry-run", *words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        runs = [shlex.split(line) for line in result.stdout.splitlines()]
        self.assertEqual(len({run[run.index("-o") + 1] for run in runs}), 18)
        methods = {run[run.index("effbench") + 1] for run in runs}
        self.assertTrue(methods > {"Retrain", "GradAscent", "NPO", "LMCleanerSampleLevel"})

    def test_a_benchmark_is_resumed(self):
        self.assertEqual(self.bench("GradAscent,Nonsense", "-o", "{method}").returncode, 1)
        result = self.bench("GradAscent,NPO", "-j", "2", "-o", "{method}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 of 2 were completed before", result.stderr)


if __name__ == "__main__":
    unittest.main()
