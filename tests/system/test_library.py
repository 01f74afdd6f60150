"""libeffrecord as installed: clients in C and C++, kills, full and read-only disks, locales."""

import glob
import json
import os
import random
import signal
import subprocess
import time
import unittest

import product

SEED_KEYS = ["unlearning_time_seconds", "total_steps", "tokens_per_second", "model_size_mb",
             "requires_retain_set"]


class Library(product.TestCase):
    def check_record(self, record):
        """What client.c records, whoever ran it."""
        keys = list(record)
        self.assertEqual([key for key in keys if key in SEED_KEYS], SEED_KEYS)
        self.assertEqual(keys[:len(SEED_KEYS)], SEED_KEYS)
        self.assertEqual(record["status"], "completed")
        self.assertEqual(record["total_steps"], 5)
        self.assertEqual(record["tokens"]["total"], 1500)
        self.assertEqual(record["half"], 0.5)
        self.assertGreaterEqual(record["phases"]["setup_seconds"], 0.02)
        self.assertGreaterEqual(record["unlearning_time_seconds"], 5 * 0.002)
        self.assertAlmostEqual(sum(record["phases"].values()), record["total_seconds"], places=6)
        self.assertGreaterEqual(record["per_step_latency_min_ms"], 2)
        self.assertEqual(record["flops_estimate"], 6 * 1e6 * 1500)

    def run_client(self, client, mode="record", **keywords):
        result = self.run_program(client, mode, self.directory, **keywords)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "close: Success\n")
        self.assertEqual(result.stderr, "")

    def test_c_client(self):
        self.run_client(self.client)
        self.check_record(self.record())

    def test_cpp_client(self):
        self.run_client(self.product.compile(os.environ["EFFREC_TEST_CXX"], "client++", "c++11"))
        self.check_record(self.record())

    def test_static_client(self):
        client = self.product.compile(os.environ["EFFREC_TEST_CC"], "client-static", "c11", True)
        env = dict(self.product.environment(), LD_LIBRARY_PATH="")
        self.run_client(client, env=env)
        self.check_record(self.record())

    def test_only_public_symbols_and_few_libraries(self):
        library = os.path.join(self.product.libdir, "libeffrecord.so.1")
        names = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                               capture_output=True, text=True).stdout.split("\n")
        exported = [line.split()[-1].split("@")[0] for line in names if line]
        foreign = [name for name in exported
                   if not name.startswith(("effrec_", "EFFREC_"))]
        self.assertIn("effrec_open", exported)
        if product.SANITIZE == "none":
            self.assertEqual(foreign, [])
            needed = subprocess.run(["readelf", "-d", library], check=True, capture_output=True,
                                    text=True).stdout
            libraries = {line.split("[")[1].split(".so")[0] for line in needed.split("\n")
                         if "(NEEDED)" in line}
            self.assertLessEqual(libraries, {"libc", "libm", "libjansson"})
            self.assertIn("[libeffrecord.so.1]", needed)

    def test_decimal_comma(self):
        locales = self.path("locales")
        os.mkdir(locales)
        made = self.run_program("localedef", "-i", "de_DE", "-f", "UTF-8",
                                os.path.join(locales, "de_DE.UTF-8"))
        if made.returncode != 0:
            self.skipTest("no locale definitions here")
        self.run_client(self.client, "locale", env=dict(self.product.environment(), LOCPATH=locales))
        self.check_record(self.record())

    def wait_for_another_record(self, before):
        """Until the record is another file than `before`; a program starts slowly on a busy machine."""
        for _ in range(20000):
            if self.identity() != before:
                return
            time.sleep(0.001)
        self.fail("no record is written")

    def identity(self):
        try:
            return os.stat(self.path(product.RECORD)).st_ino
        except FileNotFoundError:
            return None

    def test_killed_at_any_moment(self):
        """100 times SIGKILL, or EFFREC_TEST_KILLS: the record is there once it was, whole, and every earlier one is
        kept. Every other one dies while it starts, the rest while they refresh their records."""
        chance = random.Random(20)
        seen = set()
        kills = int(os.environ.get("EFFREC_TEST_KILLS", "100"))
        for number in range(kills):
            before = self.identity()
            with subprocess.Popen([self.client, "forever", self.directory],
                                  env=self.product.environment()) as client:
                if number % 2 == 1:
                    self.wait_for_another_record(before)
                time.sleep(chance.uniform(0.001, 0.04))
                client.send_signal(signal.SIGKILL)
                self.assertEqual(client.wait(), -signal.SIGKILL)
            if os.path.exists(self.path(product.RECORD)) or seen:
                record = self.record()
                self.assertEqual(record["status"], "running")
                seen.add(record["run_id"])
        self.assertGreaterEqual(len(seen), kills // 2)
        # The last one may have been killed when it had kept the record but not yet replaced it.
        kept = [name for name in glob.glob(self.path("efficiency_metrics.previous-*.json"))
                if not os.path.samefile(name, self.path(product.RECORD))]
        found = {self.record()["run_id"]} | {self.record(name)["run_id"] for name in kept}
        self.assertEqual(found, seen)
        self.assertEqual(len(kept), len(seen) - 1)

    def in_small_disk(self, script):
        """Runs a script in a mount namespace with 64 KiB of disk at $DIR."""
        env = dict(self.product.environment(), DIR=self.directory, CLIENT=self.client)
        unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
        mount = 'mount -t tmpfs -o size=64k none "$DIR" || exit 77\n'
        result = self.run_program(*unshare, "sh", "-c", mount + script, env=env)
        if result.returncode == 77 or "unshare" in result.stderr:
            self.skipTest("cannot mount here: " + result.stderr)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_full_disk(self):
        result = self.in_small_disk(
            '"$CLIENT" noclose "$DIR" && cp "$DIR"/efficiency_metrics.json "$DIR"/../before.$$ &&'
            'head -c 200000 /dev/zero > "$DIR"/filler 2>/dev/null; "$CLIENT" record "$DIR" &&'
            'cmp "$DIR"/efficiency_metrics.json "$DIR"/../before.$$ && rm "$DIR"/../before.$$ &&'
            'ls -A "$DIR"')
        self.assertEqual(result.stderr.count("No space left on device"), 1)
        self.assertIn("close: No space left on device", result.stdout)
        self.assertNotIn(".tmp", result.stdout)

    def test_read_only_directory(self):
        result = self.in_small_disk(
            '"$CLIENT" noclose "$DIR" && mount -o remount,ro "$DIR" && "$CLIENT" record "$DIR" &&'
            'cat "$DIR"/efficiency_metrics.json')
        self.assertEqual(result.stderr.count("Read-only file system"), 1)
        message, text = result.stdout.split("\n", 1)
        self.assertEqual(message, "close: Read-only file system")
        self.assertEqual(json.loads(text)["status"], "running")


if __name__ == "__main__":
    unittest.main()
