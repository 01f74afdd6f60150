"""The installed product, for the system tests.

Installs the build into a directory of its own, below which nothing of the source or build tree is used, and
runs its programs. meson.build gives the environment.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import tempfile
import unittest

BUILD = os.environ["EFFREC_TEST_BUILD"]
PREFIX = os.environ["EFFREC_TEST_PREFIX"]
LIBDIR = os.environ["EFFREC_TEST_LIBDIR"]
SANITIZE = os.environ["EFFREC_TEST_SANITIZE"]
SOURCE = os.path.dirname(os.path.abspath(__file__))
RECORD = "efficiency_metrics.json"
INSTALL_LOG = os.path.join(BUILD, "meson-logs", "install-log.txt")

# Under nohup, or as a background job, programs would inherit that they ignore these, and keep to it.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def install_log():
    """What the log of `meson install` holds, which `ninja uninstall` reads; None: it is not there. For one test at a time."""
    directory = os.open(os.path.dirname(INSTALL_LOG), os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        if os.path.exists(INSTALL_LOG):
            with open(INSTALL_LOG, encoding="utf-8") as file:
                yield file.read()
        else:
            yield None
    finally:
        os.close(directory)


class Product:
    """An installation below a temporary directory."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="effrec-system-")
        self.root = self._directory.name
        with install_log() as log:
            subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir",
                            self.root], check=True, stdout=subprocess.DEVNULL)
            if log is None:
                os.remove(INSTALL_LOG)
            else:
                with open(INSTALL_LOG, "w", encoding="utf-8") as file:
                    file.write(log)
        self.libdir = self.root + os.path.join(PREFIX, LIBDIR)
        self.effrecord = self.root + os.path.join(PREFIX, "bin", "effrecord")

    def remove(self):
        self._directory.cleanup()

    def environment(self):
        env = {key: value for key, value in os.environ.items() if not key.startswith("EFFREC_")}
        env["LD_LIBRARY_PATH"] = self.libdir
        return env

    def pkg_config(self, *arguments):
        env = dict(os.environ, PKG_CONFIG_PATH=os.path.join(self.libdir, "pkgconfig"),
                   PKG_CONFIG_SYSROOT_DIR=self.root)
        output = subprocess.run(["pkg-config", *arguments, "libeffrecord"], env=env, check=True,
                                capture_output=True, text=True).stdout
        return output.split()

    def compile(self, compiler, name, standard, static=False):
        """Builds client.c with what pkg-config says, as docs/guide.md shows it; returns the program's path."""
        program = os.path.join(self.root, name)
        language = "c++" if "++" in standard else "c"
        link = self.pkg_config("--static", "--libs") if static else self.pkg_config("--libs")
        if static:
            link = [word.replace("-leffrecord", "-l:libeffrecord.a") for word in link]
        sanitize = [] if SANITIZE == "none" else ["-fsanitize=" + SANITIZE]
        subprocess.run([*compiler.split(), "-std=" + standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                        *sanitize, "-x", language, os.path.join(SOURCE, "client.c"), "-x", "none",
                        *self.pkg_config("--cflags"), *link, "-o", program], check=True)
        return program


class TestCase(unittest.TestCase):
    """Each test has an empty directory, self.directory; self.product is shared."""

    @classmethod
    def setUpClass(cls):
        cls.product = Product()
        cls.addClassCleanup(cls.product.remove)
        cls.client = cls.product.compile(os.environ["EFFREC_TEST_CC"], "client", "c11")

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="effrec-run-")
        self.addCleanup(temporary.cleanup)
        self.directory = temporary.name

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text=""):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()

    def record(self, name=RECORD):
        with open(self.path(name), encoding="utf-8") as file:
            return json.load(file, parse_constant=lambda word: self.fail("not JSON: " + word))

    def run_program(self, *command, **keywords):
        keywords.setdefault("env", self.product.environment())
        keywords.setdefault("timeout", 60)
        return subprocess.run(command, capture_output=True, text=True, check=False, **keywords)
