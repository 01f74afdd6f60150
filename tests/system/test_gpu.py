"""GPUs, by stand-ins for their drivers' libraries (tests/fakes), and by the real one where there is one."""

import os
import time
import unittest

import product

FAKES = os.environ["EFFREC_TEST_FAKES"]
MIB = 1 << 20
FIRST_NAMESPACE = "pid:[4026531836]"  # the host's; drivers number processes as it does
OF_HOST = os.readlink("/proc/self/ns/pid") == FIRST_NAMESPACE


class Gpu(product.TestCase):
    def record_run(self, command=("sleep", "0.6"), fakes=FAKES, below=(), **script):
        """Records the command, with effrecord started by the words `below`."""
        env = self.product.environment()
        env["LD_LIBRARY_PATH"] = fakes + ":" + env["LD_LIBRARY_PATH"]
        env.setdefault("FAKE_NVML_PIDS", "0")
        for name in ("CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"):
            env.pop(name, None)
        env.update(script)
        result = self.run_program(*below, self.product.effrecord, "-o", self.directory, *command, env=env)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return self.record()

    def test_two_gpus(self):
        record = self.record_run(FAKE_NVML_MEMORY="900,900,3000,1000", FAKE_NVML_PIDS="0,1")
        sampling = record["gpu_sampling"]
        self.assertEqual((sampling["library"], sampling["driver"], sampling["selected_by"]),
                         ("NVML", "535.183.01", "all there are"))
        first, second = record["gpus"]
        self.assertEqual(first["gpu"], "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6")
        self.assertEqual(first["name"], "Fake GPU 0")
        self.assertEqual(first["device_memory_peak_bytes"], 3000 * MIB)
        self.assertEqual(first["device_memory_source"], "nvmlDeviceGetMemoryInfo_v2")
        self.assertEqual(first["utilization_max_percent"], 80)
        self.assertTrue(40 <= first["utilization_mean_percent"] <= 80)
        self.assertEqual(first["energy_joules"], 2 * (first["samples"] - 1))
        self.assertEqual(first["energy_source"], "nvmlDeviceGetTotalEnergyConsumption")
        self.assertNotIn("peak_gpu_memory_mb", record)
        if OF_HOST:
            self.assertEqual(first["process_memory_peak_bytes"], 100 * MIB)
            self.assertEqual((first["used"], first["other_processes"]), (True, 1))
            # The other one was not used, so its energy is not the run's.
            self.assertEqual((second["used"], second["other_processes"]), (False, 0))
            self.assertNotIn("process_memory_peak_bytes", second)
            self.assertEqual(record["energy_joules"], first["energy_joules"])
            self.assertEqual(record["gpu_process_memory_peak_bytes"], 100 * MIB)
        else:
            self.assertIn("container", sampling["processes"])
            self.assertNotIn("used", first)

    def test_version_tells_of_drivers(self):
        env = self.product.environment()
        env["LD_LIBRARY_PATH"] = FAKES + ":" + env["LD_LIBRARY_PATH"]
        text = self.run_program(self.product.effrecord, "--version", env=env).stdout
        self.assertIn("\nNVML: driver 535.183.01, GPUs: 2\n", text)
        env["FAKE_NVML_INIT"] = "9"
        text = self.run_program(self.product.effrecord, "--version", env=env).stdout
        self.assertIn("\nNVML: nvmlInit_v2: ", text)

    def test_a_long_reason_is_cut(self):
        record = self.record_run(fakes=FAKES + "/old", FAKE_NVML_INIT="9", FAKE_NVML_ERROR="because " * 50)
        reason = record["gpu_sampling"]["reason"]
        self.assertTrue(reason.startswith("nvmlInit_v2: because because"), reason)
        self.assertLess(len(reason), 200)

    def test_a_slice_has_memory_but_neither_utilisation_nor_energy(self):
        slice_id = "MIG-6f0c1d2e-0000-0000-0000-000000000002"
        record = self.record_run(CUDA_VISIBLE_DEVICES=slice_id, FAKE_NVML_MEMORY="500,700,600", FAKE_NVML_PIDS="0,1")
        gpu, = record["gpus"]
        self.assertEqual((gpu["gpu"], gpu["name"], record["gpu_name"]),
                         (slice_id, "Fake GPU 0 MIG 1g.10gb", "Fake GPU 0 MIG 1g.10gb"))
        self.assertEqual(gpu["device_memory_peak_bytes"], 700 * MIB)
        for key in ("utilization_mean_percent", "energy_joules", "energy_total_joules"):
            self.assertNotIn(key, gpu)
        self.assertEqual(gpu["energy_unmeasured"], "the GPU has no counter that can be read")
        self.assertNotIn("energy_joules", record)
        if OF_HOST:
            self.assertEqual((gpu["process_memory_peak_bytes"], gpu["other_processes"]), (100 * MIB, 1))
        # Which GPUs there are does not tell of slices.
        self.assertEqual(len(self.record_run(("true",))["gpus"]), 2)

    def in_namespace(self, *options):
        """The words that start a program in a process namespace of its own."""
        words = ("unshare", "--pid", "--fork", *options)
        if not OF_HOST or self.run_program(*words, "true").returncode != 0:
            self.skipTest("cannot make process namespaces here")
        return words

    def test_a_namespace_that_sees_the_hosts_numbers(self):
        """With the host's /proc NSpid has both numbers of a process, and the driver's is among them."""
        record = self.record_run(below=self.in_namespace(), FAKE_NVML_PIDS="0,1")
        gpu = record["gpus"][0]
        self.assertEqual((gpu["used"], gpu["process_memory_peak_bytes"], gpu["other_processes"]), (True, 100 * MIB, 1))
        self.assertLess(record["pid"], 10)  # the namespace's own number
        self.assertNotIn("processes", record["gpu_sampling"])

    def test_a_namespace_of_its_own(self):
        """As in a container: what the driver lists cannot be told apart, and that is no zero."""
        record = self.record_run(below=self.in_namespace("--mount-proc"), FAKE_NVML_PIDS="0,1")
        gpu = record["gpus"][0]
        self.assertIn("container", record["gpu_sampling"]["processes"])
        for key in ("used", "process_memory_peak_bytes", "other_processes"):
            self.assertNotIn(key, gpu)
        self.assertNotIn("gpu_process_memory_peak_bytes", record)
        self.assertEqual(record["gpu_device_memory_peak_bytes"], 1000 * MIB)

    def test_the_name_of_the_gpus_that_were_used(self):
        record = self.record_run(("true",), CUDA_VISIBLE_DEVICES="1")
        self.assertEqual(record.get("gpu_name"), None if OF_HOST else "Fake GPU 1")  # nobody was there
        record = self.record_run(("true",), FAKE_NVML_UNSUPPORTED="1")  # nobody can tell
        self.assertEqual(record["gpu_name"], "Fake GPU 0, Fake GPU 1")
        record = self.record_run()
        self.assertEqual(record["gpu_name"], "Fake GPU 0" if OF_HOST else "Fake GPU 0, Fake GPU 1")

    def test_effcompare_notes_different_gpus(self):
        effcompare = os.path.join(os.path.dirname(self.product.effrecord), "effcompare")
        root = self.directory
        for name, devices in (("a", "0"), ("b", "1")):
            self.directory = os.path.join(root, name)
            self.record_run(CUDA_VISIBLE_DEVICES=devices, FAKE_NVML_UNSUPPORTED="1")
        result = self.run_program(effcompare, root, "-c", "time")
        self.assertIn("Note: the runs used different GPUs: Fake GPU 0, Fake GPU 1\n", result.stdout)
        result = self.run_program(effcompare, root, "-c", "time", "--name-pattern", "{any}", "--group-by", "status")
        self.assertIn("differ in gpu_name", result.stdout)

    def test_visible_devices(self):
        for value, names in (("1", ["Fake GPU 1"]), ("1gpu2,0", ["Fake GPU 1", "Fake GPU 0"]), ("0,-1,1", ["Fake GPU 0"]),
                             ("GPU-a1b2", ["Fake GPU 1"]), ("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6,1", ["Fake GPU 0"]),
                             ("00000000:5e:00.0", ["Fake GPU 1"]), ("0,7,1", ["Fake GPU 0"]), ("1,1", None), ("", None)):
            with self.subTest(value):
                record = self.record_run(("true",), CUDA_VISIBLE_DEVICES=value)
                self.assertEqual([gpu["name"] for gpu in record["gpus"]] if "gpus" in record else None, names)
        self.assertEqual(record["gpu_sampling"]["reason"], "NVML finds no GPU (CUDA_VISIBLE_DEVICES)")
        self.assertEqual(record["unmeasured"]["energy_joules"], record["gpu_sampling"]["reason"])

    @unittest.skipUnless(OF_HOST, "in a container the driver's processes cannot be told apart")
    def test_rows_of_every_length(self):
        for rows in ("24", "32"):
            for pids in ("0", "0,1", "7,1,0"):
                with self.subTest((rows, pids)):
                    gpu = self.record_run(("true",), FAKE_NVML_ROWS=rows, FAKE_NVML_PIDS=pids)["gpus"][0]
                    self.assertEqual(gpu["process_memory_peak_bytes"], 100 * MIB)
                    self.assertEqual(gpu["other_processes"], pids.count(","))

    def test_rows_that_cannot_be_are_not_believed(self):
        gpu = self.record_run(("true",), FAKE_NVML_GARBAGE="1")["gpus"][0]
        self.assertNotIn("process_memory_peak_bytes", gpu)
        self.assertNotIn("used", gpu)

    def test_old_driver(self):
        gpu = self.record_run(fakes=os.path.join(FAKES, "old"))["gpus"][0]
        self.assertEqual(gpu["device_memory_peak_bytes"], 1500 * MIB)
        self.assertIn("with what the driver reserves", gpu["device_memory_source"])
        if OF_HOST:
            self.assertEqual(gpu["process_memory_peak_bytes"], 100 * MIB)

    def test_what_is_not_supported_is_not_measured(self):
        record = self.record_run(FAKE_NVML_UNSUPPORTED="1")
        gpu = record["gpus"][0]
        self.assertEqual(gpu["energy_unmeasured"], "the GPU has no counter that can be read")
        for key in ("energy_joules", "utilization_mean_percent", "process_memory_peak_bytes", "used"):
            self.assertNotIn(key, gpu)
        self.assertNotIn("energy_joules", record)
        self.assertEqual(record["gpu_device_memory_peak_bytes"], 1000 * MIB)

    def test_a_counter_that_goes_backwards_or_stands(self):
        for step, reason in (("-5", "the counter went backwards"), ("0", "the counter did not move")):
            with self.subTest(step):
                record = self.record_run(FAKE_NVML_ENERGY=step)
                self.assertEqual(record["gpus"][0]["energy_unmeasured"], reason)
                self.assertNotIn("energy_joules", record)

    def test_no_driver(self):
        record = self.record_run(("true",), fakes="/nonexistent")
        if "gpus" in record:
            self.skipTest("there is a GPU here")
        self.assertEqual(record["unmeasured"]["energy_joules"], record["gpu_sampling"]["reason"])

    def test_a_driver_that_does_not_answer(self):
        start = time.monotonic()
        record = self.record_run(("sleep", "0.3"), FAKE_NVML_STALL="3")
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(record["gpu_sampling"]["incomplete"], "the library stopped answering before the end")
        self.assertEqual(record["status"], "completed")

    def test_energy_is_counted_by_phase(self):
        """client spends 20 ms of setup, then trains; all of it is in energy_total_joules."""
        env = self.product.environment()
        env.update(LD_LIBRARY_PATH=FAKES + ":" + env["LD_LIBRARY_PATH"], FAKE_NVML_PIDS="0", FAKE_NVML_ENERGY="1000")
        env.pop("CUDA_VISIBLE_DEVICES", None)
        self.assertEqual(self.run_program(self.client, "plain", self.directory, env=env).returncode, 0)
        gpu = self.record()["gpus"][0]
        self.assertLessEqual(gpu["energy_joules"], gpu["energy_total_joules"])
        self.assertEqual(gpu["energy_total_joules"], gpu["samples"] - 1)

    def test_amd(self):
        record = self.record_run(FAKE_NVML_INIT="9")
        gpu, = record["gpus"]
        self.assertEqual((record["gpu_sampling"]["library"], record["gpu_sampling"]["driver"]), ("ROCm SMI", "5.18.13"))
        self.assertEqual((gpu["gpu"], gpu["name"]), ("GPU-0000000000001234", "Fake Radeon"))
        self.assertEqual(gpu["device_memory_peak_bytes"], 700 * MIB)
        self.assertEqual(gpu["utilization_mean_percent"], 55)
        self.assertAlmostEqual(gpu["energy_joules"], 2 * (gpu["samples"] - 1), 3)
        if OF_HOST:
            self.assertEqual((gpu["process_memory_peak_bytes"], gpu["other_processes"]), (300 * MIB, 1))
        record = self.record_run(("true",), FAKE_NVML_INIT="9", FAKE_ROCM_DENIED="1")
        self.assertNotIn("used", record["gpus"][0])
        self.assertNotIn("gpus", self.record_run(("true",), FAKE_NVML_INIT="9", ROCR_VISIBLE_DEVICES="1"))

    def test_the_real_driver(self):
        record = self.record_run(("sleep", "1"), fakes="/nonexistent")
        if "gpus" not in record:
            self.skipTest(record["gpu_sampling"]["reason"])
        gpu = record["gpus"][0]
        self.assertGreater(gpu["samples"], 3)
        self.assertGreater(gpu["memory_total_bytes"], gpu["device_memory_peak_bytes"])
        self.assertTrue(gpu["gpu"].startswith(("GPU-", "MIG-")))


if __name__ == "__main__":
    unittest.main()
