"""The installed man pages: every option, key and function is in them, and groff has no complaint."""

import os
import re
import shutil
import unittest

import product

PAGES = {"effcompare.1": [["effcompare"]], "effbench.1": [["effbench"]],
         "effrecord.1": [["effrecord"], ["effrecord", "sweep"], ["effrecord", "merge"]]}
ROOT = os.path.dirname(os.path.dirname(product.SOURCE))


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as file:
        return file.read()


@unittest.skipUnless(shutil.which("groff"), "there is no groff here")
class Manual(product.TestCase):
    def page(self, name):
        return self.product.root + os.path.join(product.PREFIX, "share/man", "man" + name[-1], name)

    def text(self, name):
        """The page as groff sets it, without breaks within words, on endless lines."""
        result = self.run_program("groff", "-man", "-Tutf8", "-k", "-ww", "-rLL=20000n", "-P-cbou", self.page(name))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_options(self):
        programs = os.path.dirname(self.product.effrecord)
        for name, commands in PAGES.items():
            text = self.text(name)
            for command in commands:
                help_text = self.run_program(os.path.join(programs, command[0]), *command[1:], "--help").stdout
                options = re.findall(r"^  (-\w, |    )(--[\w-]+)(?: (\S+))?", help_text, re.M)
                self.assertGreater(len(options), 0)
                for letter, option, argument in options:
                    self.assertRegex(text, rf"(?m)^ *{re.escape(letter.strip())} ?{option} ?{re.escape(argument)}$")

    def test_formats(self):
        text = self.text("effcompare.1")
        programs = os.path.dirname(self.product.effrecord)
        help_text = self.run_program(os.path.join(programs, "effcompare"), "--help").stdout
        formats = re.findall(r"^  (\w+) +(\.\w+) ", help_text, re.M)
        self.assertGreater(len(formats), 10)
        for name, suffix in formats:
            self.assertRegex(text, rf"(?m)^ *{name}, {re.escape(suffix)}(,|$)")

    def test_keys(self):
        text = self.text("effcompare.1")
        for keys, help_text in re.findall(r'^ACTION\(\w+, "\w+", "([^"]*)", "[^"]*", "([^"]*)"',
                                          read("src/tui/keys.def"), re.M):
            self.assertRegex(text, rf"(?m)^ *{re.escape(keys)}\n *{re.escape(help_text)}$")

    def test_metrics(self):
        text = self.text("effcompare.5")
        for name, key in re.findall(r'^METRIC\((\w+), "([^"]*)"', read("src/common/metrics.def"), re.M):
            self.assertRegex(text, rf"(?m)^ *{name}, {re.escape(key)}( \(.*\))?$")

    def test_functions(self):
        text = self.text("libeffrecord.3")
        names = re.findall(r"\b(effrec_\w+);", read("src/record/libeffrecord.map"))
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertRegex(text, rf"(?m)^ *(int|const char \*) ?{name}\(.*\);$")


if __name__ == "__main__":
    unittest.main()
