"""effcompare -i in a real terminal: tmux is the terminal, keys are sent to it and screens read from it.

usage: test_browse.py EFFCOMPARE REMOTE_FILES SLOW_FILES   (skipped where there is no tmux); the latter are
tests/fakes' file systems that tell of no changes, and that are slow
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import unittest

EFFCOMPARE = os.path.abspath(sys.argv.pop(1))
REMOTE_FILES = os.path.abspath(sys.argv.pop(1))
SLOW_FILES = os.path.abspath(sys.argv.pop(1))
RECORD = "efficiency_metrics.json"
PATIENCE = 20  # seconds, for a machine with other things to do
PRELOAD = "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD="  # before the library and a program


class Terminal:
    """A tmux server of its own with one window that runs a shell. It may show half of what a program has written, so
    all that is expected of a screen is waited for."""

    count = 0

    def __init__(self, directory, width=100, height=24, environment=None):
        Terminal.count += 1  # a server that ends may still hold its socket
        self.socket = os.path.join(directory, f"tmux{Terminal.count}.sock")
        env = {key: value for key, value in os.environ.items() if key not in ("TMUX", "NO_COLOR", "STY")}
        env.update(LC_ALL="C.UTF-8", TERM="xterm-256color", **(environment or {}))
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "-c", directory,
                  "PS1=\"> \" exec bash --norc --noprofile -i", env=env)
        self.tmux("set-option", "-s", "set-clipboard", "on")
        self.wait_for(">")

    def tmux(self, *arguments, **keywords):
        return subprocess.run(["tmux", "-S", self.socket, *arguments], check=True, capture_output=True, text=True,
                              **keywords).stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def run(self, command):
        self.type(command)
        self.keys("Enter")

    def screen(self, *options):
        return self.tmux("capture-pane", "-p", *options)

    def wait_until(self, what, holds, *options):
        """Waits until something holds of the screen, and returns it."""
        deadline = time.monotonic() + PATIENCE
        while not holds(screen := self.screen(*options)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} is not what the screen shows:\n{screen}")
            time.sleep(0.02)
        return screen

    def wait_for(self, *texts):
        return self.wait_until(texts, lambda screen: all(text in screen for text in texts))

    def wait_until_gone(self, text):
        return self.wait_until(f"no {text!r}", lambda screen: text not in screen)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False, capture_output=True)


class Browse(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="effcompare-browse-")
        self.addCleanup(temporary.cleanup)
        self.directory = temporary.name
        for name, seconds, memory in (("npo", 312.45, 9123.45), ("graddiff", 245.32, 8234.56), ("retrain", 723.5, 18400)):
            self.record(name, unlearning_time_seconds=seconds, total_steps=100, peak_gpu_memory_mb=memory)

    def record(self, name, **values):
        directory = os.path.join(self.directory, "saves/unlearn", name)
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, RECORD)
        with open(path + ".tmp", "w", encoding="utf-8") as file:
            json.dump(values, file)
        os.rename(path + ".tmp", path)

    def open(self, options="", **keywords):
        terminal = Terminal(self.directory, **keywords)
        self.addCleanup(terminal.close)
        # As in docs/guide.md: effcompare -i saves/unlearn
        terminal.run(f"{EFFCOMPARE} -i {options} saves/unlearn; echo status $?")
        terminal.wait_for("3 runs")
        return terminal

    def wait_for_rows(self, terminal, *expected):
        def rows(screen):
            lines = [line.split() for line in screen.splitlines() if line.startswith(" ")]
            return [words[0] for words in lines if words and words[0] in expected]

        terminal.wait_until(expected, lambda screen: rows(screen) == list(expected))

    def test_keys_change_the_view_and_Q_prints_it(self):
        terminal = self.open()
        terminal.keys("l", "s")
        terminal.wait_for("Time (s)\u25b2")
        self.wait_for_rows(terminal, "graddiff", "npo", "retrain")
        terminal.keys("f")
        terminal.type("time < 500")
        terminal.keys("Enter")
        terminal.wait_for("2 of 3 runs")
        terminal.keys("Q")
        screen = terminal.wait_for("status 0", "Best Performers:", "Fastest: graddiff (245.32s)")
        self.assertNotIn("retrain", screen)

    def test_what_lies_beside_records_can_be_asked_for(self):
        for name in ("npo", "graddiff"):
            directory = os.path.join(self.directory, "saves/unlearn", name)
            os.makedirs(os.path.join(directory, ".hydra"), exist_ok=True)
            os.makedirs(os.path.join(directory, "evals"), exist_ok=True)
            with open(os.path.join(directory, ".hydra/overrides.yaml"), "w", encoding="utf-8") as file:
                file.write("- trainer.args.seed=7\n")
            with open(os.path.join(directory, "evals/TOFU_SUMMARY.json"), "w", encoding="utf-8") as file:
                json.dump({"model_utility": 0.5}, file)
        terminal = self.open()
        terminal.keys("f")
        terminal.type("hydra.trainer.args.seed = 7 and model_utility > 0")
        terminal.keys("Enter")
        terminal.wait_for("2 of 3 runs")
        terminal.keys("b")
        terminal.type("hydra.trainer.args.seed")
        terminal.keys("Enter")
        terminal.wait_for("1 group")
        terminal.keys("q")
        terminal.wait_for("status 0")
        terminal.run(f"clear; {EFFCOMPARE} -i -c all saves/unlearn")
        terminal.wait_for("3 runs", "? help")
        terminal.keys("$")
        terminal.wait_for("\u00b7 Model utility")  # the last column, as of effcompare -c all

    def test_q_leaves_nothing_behind(self):
        terminal = self.open()
        terminal.keys("q")
        screen = terminal.wait_for("status 0")
        self.assertNotIn("graddiff", screen)
        terminal.run("stty -a | grep -c ' icanon'")  # the terminal's modes are the old ones
        terminal.wait_for("\n1\n")

    def test_resize(self):
        terminal = self.open()
        terminal.tmux("resize-window", "-x", "20", "-y", "5")
        terminal.wait_for("Enter detail  ? help")
        terminal.wait_until("five lines", lambda screen: len(screen.splitlines()) == 5)
        terminal.tmux("resize-window", "-x", "120", "-y", "30")
        terminal.wait_for("c columns")
        terminal.keys("q")
        terminal.wait_for("status 0")

    def test_suspend_and_back(self):
        terminal = self.open()
        terminal.keys("C-z")
        terminal.wait_for("Stopped")
        terminal.run("echo in the shell")
        terminal.wait_for("in the shell")
        terminal.run("fg")
        terminal.wait_for("3 runs")
        terminal.keys("q")
        terminal.wait_until_gone("3 runs")

    def test_termination_gives_the_terminal_back(self):
        terminal = self.open()
        subprocess.run(["pkill", "-TERM", "-P", self.shell(terminal)], check=True)
        terminal.wait_for("status 143")
        terminal.run("stty -a | grep -c ' icanon'")
        terminal.wait_for("\n1\n")

    def shell(self, terminal):
        return terminal.tmux("display-message", "-p", "#{pane_pid}").strip()

    def process(self, terminal):
        return subprocess.run(["pgrep", "-P", self.shell(terminal)], check=True, capture_output=True,
                              text=True).stdout.strip()

    def wait_for_the_end(self, process):
        deadline = time.monotonic() + PATIENCE
        while os.path.exists(f"/proc/{process}") and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(os.path.exists(f"/proc/{process}"))

    def test_a_terminal_that_dies_ends_it(self):
        for hangup in ("-", "''"):  # as usual, and where SIGHUP is ignored
            with self.subTest(hangup=hangup):
                terminal = Terminal(self.directory)
                self.addCleanup(terminal.close)
                terminal.run(f"trap {hangup} HUP; {EFFCOMPARE} -i saves/unlearn")
                terminal.wait_for("3 runs")
                process = self.process(terminal)
                terminal.close()
                self.wait_for_the_end(process)

    def test_an_interrupt_ends_it_where_files_do_not_answer(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"{PRELOAD}{SLOW_FILES} SLOW_FILES_MS=100000 {EFFCOMPARE} -i saves/unlearn")
        terminal.wait_for("loading")
        process = self.process(terminal)
        terminal.keys("q")
        terminal.wait_until_gone("loading")  # the terminal is the shell's again
        terminal.keys("C-c")
        self.wait_for_the_end(process)
        terminal.run("echo $? it is")
        terminal.wait_for("130 it is")

    def test_export(self):
        terminal = self.open()
        terminal.keys("e")
        terminal.type("view.csv")
        terminal.keys("Enter")
        terminal.wait_for("wrote view.csv")
        with open(os.path.join(self.directory, "view.csv"), encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), 4)
        terminal.keys("e", "Up", "Enter")
        terminal.wait_for("view.csv exists; replace it?")
        terminal.keys("n")
        terminal.wait_for("view.csv is as it was")

    def test_a_view_becomes_a_specification(self):
        os.mkdir(os.path.join(self.directory, "paper"))
        terminal = self.open("-o printed.md --caption 'A view' -c time,mem,name")
        terminal.keys("l", "s", "s", "u", "f")
        terminal.type("time < 500 or name = \"it's\"")
        terminal.keys("Enter")
        terminal.wait_for("2 of 3 runs")
        terminal.keys("%")
        terminal.wait_for("Better than")
        terminal.keys("e")
        terminal.type("paper/view.eff")
        terminal.keys("Enter")
        terminal.wait_for("wrote paper/view.eff")
        terminal.keys("Q")
        terminal.wait_for("status 0")
        with open(os.path.join(self.directory, "printed.md"), encoding="utf-8") as file:
            printed = file.read()
        self.assertIn("Time (min)", printed)
        # Paths in the file are relative to it, and it is used from somewhere else.
        again = subprocess.run([EFFCOMPARE, "--spec", "view.eff", "-f", "markdown"], capture_output=True, text=True,
                               check=True, cwd=os.path.join(self.directory, "paper"))
        self.assertEqual(again.stdout, printed)

    def test_yank_reaches_the_clipboard(self):
        terminal = self.open()
        terminal.keys("y", "t", "m")
        terminal.wait_for("sent to the terminal's clipboard")
        deadline = time.monotonic() + PATIENCE
        buffer = ""
        while "| graddiff" not in buffer and time.monotonic() < deadline:
            time.sleep(0.02)
            shown = subprocess.run(["tmux", "-S", terminal.socket, "show-buffer"], check=False, capture_output=True,
                                   text=True)
            buffer = shown.stdout
        self.assertTrue(buffer.startswith("| Experiment"), buffer)
        self.assertEqual(len(buffer.splitlines()[:5]), 5)

    def test_watch_shows_new_and_changed_runs(self):
        terminal = self.open("--watch")
        terminal.wait_for("watching")
        terminal.keys("G")
        terminal.wait_for("retrain")
        self.record("deeper/lmcleaner", unlearning_time_seconds=39.1, total_steps=3)
        terminal.wait_for("4 runs", "deeper/lmcleaner")
        self.record("npo", unlearning_time_seconds=777.25, total_steps=200)
        terminal.wait_for("777.25", "\nretrain")  # the cursor stays on its run
        shutil.rmtree(os.path.join(self.directory, "saves/unlearn", "graddiff"))
        terminal.wait_until_gone("graddiff")

    def test_w_shows_what_has_changed_before(self):
        terminal = self.open()
        self.record("lmcleaner", unlearning_time_seconds=39.1, total_steps=3)
        terminal.keys("w")
        terminal.wait_for("4 runs \u00b7 watching")

    def test_watch_shows_what_changes_while_it_reads(self):
        """Slurm is slow to answer the second time, and a run changes meanwhile."""
        programs = os.path.join(self.directory, "bin")
        os.mkdir(programs)
        for name, script in (("scontrol", "echo 'ClusterName = here'; echo 'MaxArraySize = 1001'"),
                             ("squeue", f"cd {programs}; echo >> calls; test $(wc -l < calls) = 1 || sleep 1")):
            with open(os.path.join(programs, name), "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n" + script + "\n")
            os.chmod(file.name, 0o755)
        waiting = {"schema_version": 1, "status": "pending", "job": {"slurm_cluster": "here", "slurm_job_id": "1"}}
        self.record("waiting", **waiting)
        terminal = Terminal(self.directory, environment={"PATH": programs + ":" + os.environ["PATH"]})
        self.addCleanup(terminal.close)
        terminal.run(f"{EFFCOMPARE} -i --watch saves/unlearn")
        terminal.wait_for("4 runs \u00b7 watching")
        waiting["job"]["slurm_job_id"] = "2"
        self.record("waiting", **waiting)
        deadline = time.monotonic() + PATIENCE
        while os.path.getsize(os.path.join(programs, "calls")) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        self.record("npo", unlearning_time_seconds=777.25, total_steps=200)
        terminal.wait_for("777.25")

    def test_watch_waits_where_it_cannot_read(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"(ulimit -n 5; {PRELOAD}{REMOTE_FILES} exec {EFFCOMPARE} -i --watch saves/unlearn)")
        terminal.wait_for("cannot read: Too many open files")
        process = self.process(terminal)
        time.sleep(4)  # it looks again every two seconds
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            ticks = sum(map(int, file.read().rsplit(")")[1].split()[11:13]))
        self.assertLess(ticks / os.sysconf("SC_CLK_TCK"), 0.5)

    def test_watch_looks_where_nothing_is_told(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"{PRELOAD}{REMOTE_FILES} {EFFCOMPARE} -i --watch saves/unlearn")
        terminal.wait_for("watching (polls)")
        terminal.wait_for("3 runs")
        self.record("lmcleaner", unlearning_time_seconds=39.1, total_steps=3)
        terminal.wait_for("4 runs")
        self.record("npo", unlearning_time_seconds=777.25, total_steps=200)
        terminal.wait_for("777.25")

    def test_detail_lists_the_files(self):
        with open(os.path.join(self.directory, "saves/unlearn", "graddiff", "model.bin"), "wb") as file:
            file.write(b"x" * 1234)
        terminal = self.open()
        terminal.keys("Enter")
        terminal.wait_for("model.bin", "1234 B")

    def test_mouse(self):
        terminal = self.open()
        # A click on the header of the time, column 20 of line 2, as terminals of type screen tell it.
        terminal.type("\033[M" + chr(32) + chr(32 + 20) + chr(32 + 2))
        terminal.wait_for("Time (s)\u25b2")
        self.wait_for_rows(terminal, "graddiff", "npo", "retrain")

    def test_no_color(self):
        terminal = self.open(environment={"NO_COLOR": "1"})
        screen = terminal.wait_until("bold", lambda screen: "\033[1m" in screen and "? help" in screen, "-e")
        self.assertNotIn("\033[32m", screen)

    def test_color(self):
        self.open().wait_until("green", self.has_green, "-e")

    def has_green(self, screen):
        return "\033[32m" in screen.replace("1;32", "32")

    def test_other_terminals(self):
        # On a Linux console ncurses loads libgpm, which keeps a few bytes.
        terminal = Terminal(self.directory, environment={
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
        self.addCleanup(terminal.close)
        for name, colours in (("screen", True), ("linux", True), ("vt100", False), ("xterm-256color", True)):
            with self.subTest(terminal=name):
                terminal.run(f"TERM={name} {EFFCOMPARE} -i saves/unlearn; echo {name}: $?")
                terminal.wait_for("3 runs")
                terminal.keys("l", "s")
                terminal.wait_for("Time (s)\u25b2")
                self.wait_for_rows(terminal, "graddiff", "npo", "retrain")
                terminal.wait_until("green" if colours else "no green",
                                    lambda screen, wanted=colours: self.has_green(screen) == wanted, "-e")
                terminal.keys("q")
                terminal.wait_for(f"{name}: 0")
                terminal.wait_until_gone("3 runs")
                terminal.run("clear")
                terminal.wait_until_gone(f"{name}: 0")

    def test_wide_and_joined_names_do_not_shift_columns(self):
        for name in ("実験_s0", "family 👨‍👩‍👧‍👦 run", "flag 🇩🇪 x", "thumb 👍🏽", "heart ❤️ y", "e\u0301cole"):
            self.record(name, unlearning_time_seconds=100.5, total_steps=77)
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"{EFFCOMPARE} -i saves/unlearn; echo status $?")
        terminal.wait_for("9 runs")
        for _ in range(3):  # drawn anew where something else stood
            terminal.keys("G", "g")
        screen = terminal.wait_until("six rows", lambda screen: "e\u0301cole" in screen and screen.count("100.50") == 6)
        before = [line.split("100.50")[0] for line in screen.splitlines() if "100.50" in line]
        self.assertEqual(len({sum(map(self.width, text)) for text in before}), 1, before)

    def width(self, character):
        if unicodedata.combining(character) or character in "\u200d\ufe0f":
            return 0
        return 2 if unicodedata.east_asian_width(character) in "WF" else 1

    def test_bytes_that_are_no_characters_are_no_end(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"LC_ALL=C {EFFCOMPARE} -i saves/unlearn; echo status $?")
        terminal.wait_for("3 runs")
        terminal.keys("f")
        terminal.type("caf\u00e9")
        terminal.wait_for("filter: caf")
        terminal.keys("C-u")
        terminal.wait_until_gone("filter: caf")
        terminal.type("steps > 1")
        terminal.keys("Enter")
        terminal.wait_for("3 runs . where steps > 1")

    def test_unknown_terminal(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        # curses itself loses some memory then, which a sanitizer would report.
        terminal.run(f"ASAN_OPTIONS=detect_leaks=0 TERM=nonsense {EFFCOMPARE} -i saves/unlearn; echo status $?")
        terminal.wait_for("status 2", "the terminal type 'nonsense' is not known; set TERM")

    def test_terminal_without_a_cursor(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"ASAN_OPTIONS=detect_leaks=0 TERM=dumb {EFFCOMPARE} -i saves/unlearn; echo status $?")
        terminal.wait_for("status 2", "the terminal type 'dumb' has no cursor to move; set TERM")

    def test_paths_from_standard_input(self):
        terminal = Terminal(self.directory)
        self.addCleanup(terminal.close)
        terminal.run(f"ls -d saves/unlearn/n* | {EFFCOMPARE} -i -; echo status $?")
        terminal.wait_for("1 run")
        terminal.keys("q")
        terminal.wait_for("status 0")


if __name__ == "__main__":
    if not shutil.which("tmux"):
        print("no tmux: the interactive view was not tried in a terminal")
        sys.exit(77)
    unittest.main()
