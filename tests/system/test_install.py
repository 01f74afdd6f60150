"""What `meson install` puts where, and what the library exports."""

import glob
import os
import re
import site
import subprocess
import unittest

import product

ROOT = os.path.dirname(os.path.dirname(product.SOURCE))
PROGRAMS = ["effbench", "effcompare", "effrecord"]
EXPECTED = {
    *("bin/" + program for program in PROGRAMS),
    *("share/bash-completion/completions/" + program for program in PROGRAMS),
    *("share/fish/vendor_completions.d/" + program + ".fish" for program in PROGRAMS),
    *("share/zsh/site-functions/_" + program for program in PROGRAMS),
    *("share/doc/effcompare/" + name for name in ["LICENSE", "effcompare.schema.json", "from-compare-efficiency.md",
                                                  "guide.md", "performance.md", "performance.svg", "schema.md",
                                                  "security.md"]),
    "include/effrecord.h",
    *("LIBDIR/" + name for name in ["libeffrecord.a", "libeffrecord.so", "libeffrecord.so.1",
                                    "libeffrecord.so.1.0.0", "pkgconfig/libeffrecord.pc"]),
    "PYTHON/effrecord.py",
}
PAGES = {"share/man/man1/effbench.1", "share/man/man1/effcompare.1", "share/man/man1/effrecord.1",
         "share/man/man3/libeffrecord.3", "share/man/man5/effcompare.5"}


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as file:
        return file.read()


class Install(product.TestCase):
    def test_files(self):
        prefix = self.product.root + product.PREFIX
        found = {os.path.relpath(path, prefix) for path in glob.glob(prefix + "/**", recursive=True)
                 if not os.path.isdir(path)}
        found = {re.sub(r"^.*/(site|dist)-packages/", "PYTHON/", name)
                 .replace(product.LIBDIR + "/", "LIBDIR/", 1) for name in found}
        self.assertIn(found - EXPECTED, (PAGES, set()))  # without scdoc there are no pages
        self.assertEqual(EXPECTED - found, set())

    def test_places(self):
        """What is installed is found without a word of the user's, as far as the prefix allows."""
        self.assertNotEqual(product.LIBDIR, "lib64")
        looks = [place for place in site.getsitepackages() if place.startswith(product.PREFIX + "/lib")]
        if not looks:
            self.skipTest("this Python looks nowhere below the prefix")
        self.assertTrue(any(os.path.exists(self.product.root + place + "/effrecord.py") for place in looks))

    def test_uninstalling(self):
        """After the tests `ninja uninstall` still removes what the user installed."""
        with product.install_log() as before:
            pass
        product.Product().remove()
        with product.install_log() as after:
            self.assertEqual(after, before)

    def test_symbols(self):
        """The library, its version script, its header and Debian's list name the same functions."""
        script, version, listed = read("src/record/libeffrecord.map"), None, set()
        for version, body in re.findall(r"(EFFREC_\d+) \{(.*?)\}", script, re.S):
            listed |= {f"{name}@{version}" for name in re.findall(r"\b(effrec_\w+);", body)}
        debian = re.findall(r"^ (effrec_\S+) ", read("debian/libeffrecord1.symbols"), re.M)
        self.assertEqual(sorted(debian), sorted(listed))
        declared = re.findall(r"EFFREC_API [^;(]*?(effrec_\w+)\(", read("src/record/effrecord.h"))
        self.assertEqual(sorted(declared), sorted(name.split("@")[0] for name in listed))
        output = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions",
                                 os.path.join(self.product.libdir, "libeffrecord.so.1")],
                                check=True, capture_output=True, text=True).stdout
        exported = {line.split()[-1].replace("@@", "@") for line in output.splitlines() if " T " in line}
        self.assertEqual({name for name in exported if name.startswith("effrec_")}, listed)
        if product.SANITIZE == "none":
            self.assertEqual(exported, listed)


if __name__ == "__main__":
    unittest.main()
