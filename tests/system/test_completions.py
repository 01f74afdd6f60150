"""Completion in the shells themselves: a line is typed in each, and its completion asked for.

A shell that is not installed is skipped.
"""

import os
import pty
import re
import select
import shutil
import time
import unittest

import product


class Terminal:
    """A shell in a terminal of its own."""

    def __init__(self, command, directory):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.chdir(directory)
            os.execvpe(command[0], command, {"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8",
                                             "HOME": directory, "PS1": "", "HISTFILE": "/dev/null"})

    def read_until(self, pattern):
        """What is written until the pattern appears; its first group."""
        text, end = "", time.monotonic() + 30
        while time.monotonic() < end:
            ready, _, _ = select.select([self.fd], [], [], end - time.monotonic())
            if ready:
                text += os.read(self.fd, 65536).decode(errors="replace")
            found = re.search(pattern, text)
            if found:
                return found.group(1)
        raise AssertionError(f"{pattern} was not written, but: {text!r}")

    def write(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        os.close(self.fd)
        os.waitpid(self.child, 0)


def added(line, completed):
    """What the last word of a line has become; nothing where it was left as it is."""
    given = line.split(" ")
    words = completed.split()[len(given) - 1:]
    return [] if words == given[-1:] else words


class Completions:
    """What each shell must complete; complete(line) returns the words that it offers for the last one."""

    shell = None

    def setUp(self):
        if not shutil.which(self.shell):
            self.skipTest(f"there is no {self.shell} here")
        super().setUp()
        for name in ("saves/run", "odd name"):
            os.makedirs(self.path(name))
        with open(self.path("table.eff"), "w", encoding="utf-8"):
            pass

    def installed(self, *names):
        return self.product.root + os.path.join(product.PREFIX, "share", *names)

    def offers(self, line, *words):
        found = self.complete(line)
        self.assertTrue(set(words) <= set(found), f"{line!r} is completed by {found}")
        return found

    def test_options(self):
        self.offers("effcompare --group", "--group-by")
        self.offers("effbench --see", "--seed")
        help_text = self.run_program(os.path.join(os.path.dirname(self.product.effrecord), "effcompare"),
                                     "--help").stdout
        self.offers("effcompare --", *re.findall(r"^  (?:-\w, |    )(--[\w-]+)", help_text, re.M))

    def test_words(self):
        self.assertEqual(self.complete("effcompare --format la"), ["latex"])
        self.offers("effcompare -f ", "text", "csv", "typst", "svg")
        self.assertEqual(sorted(self.complete("effcompare --color ")), ["always", "auto", "never"])
        self.offers("effcompare --spread ci", "ci95")
        self.offers("effbench ", "Retrain", "NPO")

    def test_columns(self):
        self.assertIn("time,forget_quality", [word.rstrip(",") for word in
                                              self.complete("effcompare -c time,forget_q")])

    def test_files(self):
        self.offers("effcompare --spec ta", "table.eff")
        self.assertEqual([word.rstrip("/") for word in self.complete("effcompare sav")], ["saves"])
        self.assertEqual([word.rstrip("/") for word in self.complete("effrecord -o sav")], ["saves"])

    def test_subcommands(self):
        self.offers("effrecord sw", "sweep")
        self.offers("effrecord sweep --dry", "--dry-run")
        self.offers("effrecord --heart", "--heartbeat")
        self.assertEqual(self.complete("effrecord --dry"), [])
        self.offers("effrecord -o saves -- ec", "echo")
        self.offers("effrecord -o saves -- echo ta", "table.eff")


class Bash(Completions, product.TestCase):
    shell = "bash"

    def complete(self, line):
        program = line.split()[0]
        terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], self.directory)
        self.addCleanup(terminal.close)
        # M-* puts all completions into the line.
        terminal.write("bind 'set enable-bracketed-paste off'; PS2=; stty -echo\n"
                       f"source {self.installed('bash-completion/completions', program)}; echo REA''DY\n")
        terminal.read_until("(READY)")
        terminal.write(line + "\033*\001echo '<'\005 '>'\n")
        return added(line, terminal.read_until(r"(?s)<([^<>]*)>\r?\n"))


class Fish(Completions, product.TestCase):
    shell = "fish"

    def complete(self, line):
        program = line.split()[0]
        script = self.installed("fish/vendor_completions.d", program + ".fish")
        result = self.run_program("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'",
                                  cwd=self.directory, env=dict(os.environ, HOME=self.directory))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return [row.split("\t")[0] for row in result.stdout.splitlines()]


class Zsh(Completions, product.TestCase):
    shell = "zsh"

    def complete(self, line):
        terminal = Terminal(["zsh", "-f", "-i"], self.directory)
        self.addCleanup(terminal.close)
        # A widget that puts all matches into the line.
        terminal.write("PS1=; PS2=; unsetopt prompt_cr prompt_sp zle_bracketed_paste 2>/dev/null; stty -echo\n"
                       f"fpath=({self.installed('zsh/site-functions')} $fpath)\n"
                       "autoload -U compinit; compinit -u -D\n"
                       "zle -C all complete-word _generic; bindkey '^X^A' all\n"
                       "zstyle ':completion:all::::' completer _all_matches _complete\n"
                       "zstyle ':completion:all:*' insert true\n"
                       "zstyle ':completion:all:*' file-patterns '%p:globbed-files *(-/):directories'\n"
                       "echo REA''DY\n")
        terminal.read_until("(READY)")
        terminal.write(line + "\030\001\001echo '<'\005 '>'\n")
        return added(line, terminal.read_until(r"(?s)<([^<>]*)>\r?\n"))


if __name__ == "__main__":
    unittest.main()
