"""The effrecord command as installed."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
import unittest

import product

MIB = 1 << 20


class Effrecord(product.TestCase):
    def effrecord(self, *arguments, **keywords):
        return self.run_program(self.product.effrecord, "-o", self.directory, *arguments, **keywords)

    def start(self, *arguments, **keywords):
        process = subprocess.Popen([self.product.effrecord, "-o", self.directory, *arguments],
                                   env=self.product.environment(), **keywords)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, condition):
        for _ in range(1000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("waited for too long")

    def test_plain_command(self):
        result = self.effrecord("-m", "NPO", "-s", "seed=3", "-s", "lr=1e-5", "-s", "note=a b", "-s",
                                "model_size_mb=12.5", "--", "sh", "-c", "cat; echo error >&2; exit 3",
                                input="through\n")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (3, "through\n", "error\n"))
        record = self.record()
        self.assertEqual(record["status"], "failed")
        self.assertEqual(record["exit_code"], 3)
        self.assertEqual((record["seed"], record["lr"], record["note"]), (3, 1e-5, "a b"))
        self.assertEqual(record["model_size_mb"], 12.5)
        self.assertEqual(record["declared"], ["model_size_mb"])
        self.assertIs(record["requires_retain_set"], True)
        self.assertEqual(record["command"][:2], ["sh", "-c"])
        self.assertEqual(os.listdir(self.directory), [product.RECORD])

    def test_success_and_time(self):
        self.assertEqual(self.effrecord("sleep", "0.3").returncode, 0)
        record = self.record()
        self.assertEqual(record["status"], "completed")
        self.assertTrue(0.3 <= record["unlearning_time_seconds"] < 3)

    def test_death_by_signal(self):
        self.assertEqual(self.effrecord("sh", "-c", "kill -9 $$").returncode, 128 + 9)
        record = self.record()
        self.assertEqual((record["status"], record["exit_signal"]), ("failed", 9))
        self.assertNotIn("exit_code", record)

    def test_signals_are_forwarded(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP):
            with self.subTest(number):
                name = signal.Signals(number).name[3:]
                process = self.start("sh", "-c", f'trap "echo got; exit 7" {name}; echo ready;'
                                     "while :; do sleep 0.02; done", stdout=subprocess.PIPE, text=True)
                self.assertEqual(process.stdout.readline(), "ready\n")
                process.send_signal(number)
                self.assertEqual(process.communicate()[0], "got\n")
                self.assertEqual(process.returncode, 7)

    def test_a_key_press_arrives_once(self):
        """Ctrl-C goes to the whole process group: the program must not get it a second time."""
        program = ("import signal, time\n"
                   "got = []\n"
                   "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
                   "print('ready', flush=True)\n"
                   "end = time.time() + 0.5\n"
                   "while time.time() < end: time.sleep(0.05)\n"
                   "print('count', len(got), flush=True)\n")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(self.product.effrecord, ["effrecord", "-o", self.directory, sys.executable, "-c",
                                               program], self.product.environment())
        output = b""
        while b"ready" not in output:
            output += os.read(terminal, 1000)
        os.write(terminal, b"\x03")
        try:
            while b"count" not in output or not output.endswith(b"\n"):
                output += os.read(terminal, 1000)
        except OSError:
            pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        self.assertIn(b"count 1", output)

    def test_an_interrupt_stops_the_loop_around(self):
        """As Ctrl-C does: the whole process group gets it, and bash looks how the program ended."""
        process = subprocess.Popen(
            ["bash", "-c", 'for i in 1 2; do "$@"; echo next; done', "bash", self.product.effrecord, "-o", self.directory,
             "--", sys.executable, "-c", "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\n"
             "print('ready', flush=True)\ntime.sleep(50)"],
            env=self.product.environment(), stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.communicate(timeout=20)[0], "")
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertEqual((self.record()["status"], self.record()["exit_signal"]), ("failed", signal.SIGINT))

    def test_a_terminal_that_hangs_up(self):
        """Started in a terminal of its own, as by tmux or xterm, effrecord is the one that is told."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(self.product.effrecord, ["effrecord", "-o", self.directory, "--", "sh", "-c",
                                               "echo ready; exec sleep 50"], self.product.environment())
        output = b""
        while b"ready" not in output:
            output += os.read(terminal, 1000)
        os.close(terminal)
        os.waitpid(pid, 0)
        self.assertEqual((self.record()["status"], self.record()["exit_signal"]), ("failed", signal.SIGHUP))

    def holder(self, name, others):
        """A shell command: holds 50 MiB until `others` hold theirs, and for 0.5 s more."""
        program = self.path(name + ".py")
        with open(program, "w", encoding="utf-8") as file:
            file.write("import os, time\n"
                       f"block = bytearray({50 * MIB})\n"
                       f"open({self.path(name)!r}, 'w').close()\n"
                       f"while not all(map(os.path.exists, {[self.path(other) for other in others]!r})):\n"
                       "    time.sleep(0.01)\n"
                       "time.sleep(0.5)\n")
        return f"'{sys.executable}' '{program}'"

    def test_memory_of_the_tree(self):
        script = f"{self.holder('a', ['b'])} & {self.holder('b', ['a'])}; wait"
        self.assertEqual(self.effrecord("sh", "-c", script).returncode, 0)
        tree = self.record()["process_tree"]
        self.assertGreater(tree["rss_peak_bytes"], 100 * MIB)
        self.assertLess(tree["rss_peak_bytes"], 400 * MIB)
        self.assertTrue(50 * MIB < tree["largest_process_rss_peak_bytes"] < 100 * MIB)
        self.assertEqual(self.record()["host_rss_peak_bytes"], tree["largest_process_rss_peak_bytes"])
        self.assertGreater(tree["samples"], 3)

    def test_memory_of_what_ran_before_is_not_counted(self):
        """A shell that has waited for a large program becomes effrecord, and what it has waited for stays its own."""
        script = f'"{sys.executable}" -c "bytearray({100 * MIB})"; exec "$@"'
        result = self.run_program("sh", "-c", script, "sh", self.product.effrecord, "-o", self.directory, "--",
                                  "sh", "-c", "cat /dev/null")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLess(self.record()["host_rss_peak_bytes"], 50 * MIB)

    def test_orphans_stay_in_the_tree(self):
        # The orphan stays until the test is over, however slow the machine is with sampling it.
        script = (f"(setsid {self.holder('a', ['sampled'])} &)\n"
                  f"while ! test -e '{self.path('a')}'; do sleep 0.01; done; sleep 2\n"
                  f"touch '{self.path('sampled')}'")
        self.assertEqual(self.effrecord("sh", "-c", script).returncode, 0)
        self.assertGreater(self.record()["process_tree"]["rss_peak_bytes"], 50 * MIB)

    def test_one_record_with_a_program_that_records_itself(self):
        elsewhere = self.path("elsewhere")
        result = self.effrecord("-s", "seed=1", "-s", "forget_samples_count=40", "-s",
                                "total_steps=9", self.client, "record", elsewhere)
        self.assertEqual((result.returncode, result.stdout), (0, "close: Success\n"))
        self.assertEqual(os.listdir(self.directory), [product.RECORD])
        record = self.record()
        self.assertEqual(record["recorder"]["name"], "libeffrecord")
        self.assertEqual((record["status"], record["total_steps"]), ("completed", 5))
        self.assertEqual((record["exit_code"], record["seed"], record["method"]), (0, 1, "NPO"))
        self.assertEqual((record["forget_samples_count"], record["declared"]),
                         (40, ["forget_samples_count"]))
        self.assertNotIn("forget_samples_count", record["unmeasured"])
        self.assertIn("largest_process_rss_peak_bytes", record["process_tree"])
        self.assertEqual(list(record)[-1], "unmeasured")

    def test_a_second_recorder_is_a_run_of_its_own(self):
        second = self.path("second")
        script = f'"{self.client}" record first && "{self.client}" record "{second}"'
        self.assertEqual(self.effrecord("sh", "-c", script).returncode, 0)
        self.assertEqual(self.record()["total_steps"], 5)
        with open(os.path.join(second, product.RECORD), encoding="utf-8") as file:
            self.assertNotEqual(json.load(file)["run_id"], self.record()["run_id"])

    def test_a_recorder_that_was_not_closed(self):
        self.assertEqual(self.effrecord(self.client, "noclose", ".").returncode, 0)
        record = self.record()
        self.assertEqual((record["status"], record["total_steps"]), ("failed", 5))
        self.assertEqual(record["status_reason"], "exited with 0 without closing the recorder")

    def test_a_killed_program_that_records_itself(self):
        script = f'"{self.client}" forever . & sleep 0.5; kill -9 $!; wait $!'
        self.assertEqual(self.effrecord("sh", "-c", script).returncode, 128 + 9)
        record = self.record()
        self.assertEqual(record["status"], "failed")
        self.assertGreater(record["total_steps"], 0)

    def test_heartbeats_until_killed(self):
        process = self.start("--heartbeat", "0.1", "sh", "-c", "echo $$; exec sleep 60",
                             stdout=subprocess.PIPE, text=True)
        self.addCleanup(os.kill, int(process.stdout.readline()), signal.SIGKILL)
        self.wait_for(lambda: os.path.exists(self.path(product.RECORD)))
        self.wait_for(lambda: self.record()["heartbeat_sequence"] > 2)
        record = self.record()
        self.assertEqual((record["status"], record["pid"]), ("running", process.pid))
        self.assertEqual(record["heartbeat_interval_seconds"], 0.1)
        process.kill()
        process.wait()
        process.stdout.close()
        self.assertEqual(self.record()["status"], "running")

    def trainer_state(self, step, tokens):
        return json.dumps({"global_step": step, "num_input_tokens_seen": tokens, "log_history": []})

    def test_trainer_state(self):
        script = (f"mkdir '{self.directory}/checkpoint-70';"
                  f"echo '{self.trainer_state(70, 7000)}' >"
                  f"'{self.directory}/checkpoint-70/trainer_state.json'; sleep 0.05;"
                  f"echo '{self.trainer_state(100, 10000)}' > '{self.directory}/trainer_state.json'")
        self.assertEqual(self.effrecord("sh", "-c", script).returncode, 0)
        record = self.record()
        self.assertEqual((record["total_steps"], record["tokens"]["total"]), (100, 10000))
        self.assertAlmostEqual(record["tokens_per_second"],
                               10000 / record["unlearning_time_seconds"], places=3)
        self.assertTrue(record["trainer_state"]["path"].endswith("/trainer_state.json"))

    def test_an_old_trainer_state_is_not_taken(self):
        with open(self.path("trainer_state.json"), "w", encoding="utf-8") as file:
            file.write(self.trainer_state(100, 0))
        os.utime(self.path("trainer_state.json"), (1e9, 1e9))
        self.assertEqual(self.effrecord("true").returncode, 0)
        self.assertNotIn("total_steps", self.record())

    def test_zero_tokens_are_not_measured(self):
        script = f"echo '{self.trainer_state(9, 0)}' > '{self.directory}/trainer_state.json'"
        self.assertEqual(self.effrecord("sh", "-c", script).returncode, 0)
        self.assertEqual(self.record()["total_steps"], 9)
        self.assertIn("tokens_per_second", self.record()["unmeasured"])

    def config(self, text):
        with open(self.path("efficiency.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path("efficiency.yaml")

    def test_switched_off(self):
        off = self.config("efficiency_tracking:\n  enabled: false\n")
        shows = ["sh", "-c", "echo ${EFFREC_HANDOVER-none}; exit 5"]
        for arguments, env in (([*shows], {"EFFREC_DISABLE": "1"}), (["--config", off, *shows], {})):
            result = self.effrecord(*arguments, env={**self.product.environment(), **env})
            self.assertEqual((result.returncode, result.stdout), (5, "none\n"))
            self.assertFalse(os.path.exists(self.path(product.RECORD)))

    def test_switched_on(self):
        on = self.config("other: [1]\nefficiency_tracking:\n  enabled: true\n")
        self.assertEqual(self.effrecord("--config", on, "true").returncode, 0)
        self.assertEqual(self.record()["status"], "completed")

    def test_bad_configuration(self):
        for text, where in (("efficiency_tracking:\n  enabled: maybe\n", ":2:12: enabled must be"),
                            ("efficiency_tracking: 1\n", ":1:22: efficiency_tracking must be"),
                            ("{}\n", ":1:1: there is no efficiency_tracking"), ("", ":1:1: the file is"),
                            ("efficiency_tracking: {}\n", ":1:22: efficiency_tracking does not say"),
                            ("a: [\n", ":2:1: ")):
            with self.subTest(text):
                path = self.config(text)
                result = self.effrecord("--config", path, "echo", "ran")
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"effrecord: {path}{where}", result.stderr)
                self.assertIn("nothing was run", result.stderr)

    def test_closed_streams_stay_closed_and_take_no_file(self):
        """Descriptor 2 would be that of the memory that the command and the program share."""
        shows = ("readlink /proc/$PPID/fd/0 /proc/$PPID/fd/2 >&3; for fd in 0 1 2; do test -e /proc/$$/fd/$fd && echo open $fd >&3; done;"
                 " exit 4")
        result = self.run_program("sh", "-c", 'exec "$@" 3>&1 <&- >&- 2>&-', "sh", self.product.effrecord, "-o",
                                  self.directory, "--", "sh", "-c", shows)
        self.assertEqual((result.returncode, result.stdout), (4, "/dev/null\n/dev/null\n"))
        self.assertEqual(self.record()["exit_code"], 4)

    def test_commands_that_cannot_run(self):
        result = self.effrecord("no-such-command")
        self.assertEqual(result.returncode, 127)
        self.assertEqual(result.stderr, "effrecord: no-such-command: No such file or directory\n")
        self.assertEqual(self.effrecord("/etc/passwd").returncode, 126)
        self.assertEqual(os.listdir(self.directory), [])

    def test_usage_errors(self):
        for arguments, text in ((["-s", "status=x", "true"], "'status' cannot be set"),
                                (["-s", "unlearning_time_seconds=3", "true"], "'unlearning_time_seconds' cannot be set"),
                                (["-s", "x", "true"], "'x' is not KEY=VALUE"),
                                (["--metod", "x", "true"], "--method"), ([], "which command"),
                                (["--heartbeat", "0", "true"], "not a number of seconds")):
            with self.subTest(arguments):
                result = self.effrecord(*arguments)
                self.assertEqual(result.returncode, 2)
                self.assertIn(text, result.stderr)
                self.assertEqual(os.listdir(self.directory), [])

    def test_an_unwritable_directory_does_not_stop_the_run(self):
        with open(self.path("file"), "w", encoding="utf-8"):
            pass
        result = self.run_program(self.product.effrecord, "-o", self.path("file", "x"), "echo", "ran")
        self.assertEqual((result.returncode, result.stdout), (0, "ran\n"))
        self.assertEqual(result.stderr.count("Not a directory; the run goes on"), 1)

    def test_help_and_version(self):
        self.assertIn("--output-dir DIR", self.effrecord("--help").stdout)
        self.assertRegex(self.effrecord("--version").stdout, 
                         r"^effrecord \d+\.\d+\.\d+\nbuilt with .*\nlibraries: jansson .*\nNVML: .+\nROCm SMI: .+\n$")


if __name__ == "__main__":
    unittest.main()
