"""effrecord.py against the built library: plain loops, a Trainer's callback, torch where it is there."""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = os.path.join(HERE, "..", "..", "src", "python")
STANDIN = os.path.join(HERE, "standin")
FAKES = os.environ["EFFREC_TEST_FAKES"]
sys.path[:0] = [MODULE, STANDIN]
warnings.simplefilter("error")

import effrecord  # noqa: E402
import transformers  # noqa: E402


class Tensor:
    """As much of a tensor as counting needs."""

    def __init__(self, values):
        self.values = values

    def numel(self):
        return len(self.values)

    def element_size(self):
        return 2

    def sum(self):
        return sum(self.values)


class Model:
    training = True

    def __init__(self):
        self.calls = 0

    def parameters(self):
        return [Tensor([0] * 300), Tensor([0] * 12)]

    def __call__(self, **kwargs):
        self.calls += 1


class Dataset:
    forget, retain = range(4), range(40)


class Loader(list):
    dataset = Dataset()


def batch(*mask):
    return {"input_ids": Tensor([7] * len(mask)), "attention_mask": Tensor(mask)}


def loader(steps):
    return Loader({"forget": batch(1, 1, 0), "retain": {"original": batch(1, 1, 1, 1),
                                                        "alternate": batch(1, 0)}}
                  for _ in range(steps))


class NPO(transformers.Trainer):
    pass


class InDirectory(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def record(self, name="out", file="efficiency_metrics.json"):
        with open(os.path.join(self.directory, name, file), encoding="utf-8") as text:
            return json.load(text)

    def out(self, name="out"):
        return os.path.join(self.directory, name)

    def python(self, program, interpreter=sys.executable, **more):
        """Runs a program with effrecord in its path and OUT in its environment."""
        environment = dict(os.environ, PYTHONPATH=MODULE, OUT=self.out(), **more)
        return subprocess.run([interpreter, "-c", program], env=environment, text=True,
                              capture_output=True, check=False, timeout=120)


class PlainLoops(InDirectory):
    def test_everything_reaches_the_record(self):
        with effrecord.Recorder(self.out(), "GradDiff") as recorder:
            self.assertEqual(recorder.path, os.path.join(self.out(), "efficiency_metrics.json"))
            self.assertEqual(self.record()["status"], "running")
            for _ in range(3):
                with recorder.step(forget=10, retain=5):
                    pass
            recorder.set_model(1000, 2000)
            recorder.set_samples(4, 40)
            recorder.set_passes(6, 3)
            recorder.set_storage(1 << 20)
            recorder.set_token_definition("all")
            recorder.set("lr", 1e-5)
            recorder.set("epochs", 3)
            recorder.set("note", "naïve")
            recorder.set("tuned", True)
            recorder.report_gpu_memory("cuda:0", allocated=3 << 20, reserved=5 << 20, source="test")
        record = self.record()
        self.assertEqual((record["status"], record["method"], record["total_steps"]), ("completed", "GradDiff", 3))
        self.assertEqual(record["tokens"]["total"], 45)
        self.assertEqual((record["tokens"]["forget"], record["tokens"]["retain"]), (30, 15))
        self.assertEqual((record["forget_samples_count"], record["retain_samples_count"]), (4, 40))
        self.assertEqual((record["model_bytes"], record["intermediate_storage_mb"]), (2000, 1))
        self.assertEqual((record["lr"], record["epochs"], record["note"], record["tuned"]), (1e-5, 3, "naïve", True))
        self.assertEqual((record["forward_passes_total"], record["backward_passes_total"]), (6, 3))
        self.assertEqual(record["peak_gpu_memory_mb"], 3)
        self.assertIs(record["requires_retain_set"], True)
        self.assertIn("test_python.py", " ".join(record["command"]))

    def test_ranks(self):
        """Two recorders stand for two processes; the second to close is rank 0, which merges."""
        recorders = [effrecord.Recorder(self.out(), rank=rank, world_size=2, local_rank=rank) for rank in (0, 1)]
        for recorder in reversed(recorders):
            with recorder.step(tokens=100):
                pass
            recorder.set_tokens(250, "all", gathered=True)
            recorder.close()
        rank = self.record(file="efficiency_metrics.rank00001.json")
        self.assertEqual({key: rank["rank"][key] for key in ("rank", "world_size", "local_rank", "source")},
                         {"rank": 1, "world_size": 2, "local_rank": 1, "source": "given"})
        self.assertEqual(rank["tokens"]["scope"], "all ranks")
        merged = self.record()
        self.assertEqual((merged["ranks"], merged["tokens"]["total"]), ("2/2", 250))

    def test_gathered_counts_of_steps(self):
        recorders = [effrecord.Recorder(self.out(), rank=rank, world_size=2) for rank in (0, 1)]
        for recorder in reversed(recorders):
            recorder.set_tokens_gathered(True)
            with recorder.step(tokens=100):
                pass
            recorder.close()
        self.assertEqual(self.record()["tokens"]["total"], 100)
        self.assertNotIn("local_rank", self.record(file="efficiency_metrics.rank00001.json")["rank"])

    def test_which_rank_is_said_once(self):
        with self.assertRaises(ValueError):
            effrecord.Recorder(self.out(), rank=1)
        with self.assertRaises(effrecord.Error):
            effrecord.Recorder(self.out(), rank=2, world_size=2)
        result = self.python("import effrecord, os\neffrecord.Recorder(os.environ['OUT'], world_size=1).close()",
                             RANK="1", WORLD_SIZE="4")
        self.assertEqual((result.returncode, os.listdir(self.out())), (0, ["efficiency_metrics.json"]), result.stderr)

    def test_gpus(self):
        for gpus, names in (("None", ["Fake GPU 0", "Fake GPU 1"]), ("[1]", ["Fake GPU 1"]), ("()", None),
                            ("'GPU-8932f937-d72c-4106-c12f-20bd9faed9f6'", ["Fake GPU 0"])):
            with self.subTest(gpus):
                result = self.python("import effrecord, os, time\n"
                                     f"recorder = effrecord.Recorder(os.environ['OUT'], gpus={gpus}, gpu_sample_seconds=0.02)\n"
                                     "time.sleep(0.3)\nrecorder.close()", LD_LIBRARY_PATH=FAKES, FAKE_NVML_PIDS="0")
                self.assertEqual(result.returncode, 0, result.stderr)
                record = self.record()
                self.assertEqual([gpu["name"] for gpu in record["gpus"]] if "gpus" in record else None, names)
        self.assertEqual(self.record(file="efficiency_metrics.previous-1.json")["gpu_sampling"]["interval_seconds"], 0.02)

    def test_gpus_are_those_of_torch_where_it_has_any(self):
        class Properties:
            def __init__(self, index):
                self.uuid = ["8932f937-d72c-4106-c12f-20bd9faed9f6", "a1b2c3d4-0000-0000-0000-000000000001"][index]

        class Cuda:
            is_initialized = staticmethod(lambda: True)
            device_count = staticmethod(lambda: 2)
            get_device_properties = Properties

        torch = type("torch", (), {"cuda": Cuda})
        with unittest.mock.patch.dict(sys.modules, torch=torch):
            self.assertEqual(effrecord._torch_gpus(), ["GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",
                                                       "GPU-a1b2c3d4-0000-0000-0000-000000000001"])
            with unittest.mock.patch.dict(os.environ, CUDA_VISIBLE_DEVICES="MIG-1234"):
                self.assertIsNone(effrecord._torch_gpus())
            with unittest.mock.patch.object(Cuda, "get_device_properties", lambda index: object()):
                self.assertIsNone(effrecord._torch_gpus())  # torch before 2.4 does not tell
        self.assertIsNone(effrecord._torch_gpus())

    def test_ranks_are_those_of_torch_where_no_launcher_tells(self):
        """As in a function that torch.multiprocessing.spawn() calls."""
        class Distributed:
            is_available = is_initialized = staticmethod(lambda: True)
            get_rank, get_world_size = staticmethod(lambda: 1), staticmethod(lambda: 2)

        cuda = type("cuda", (), {"is_initialized": staticmethod(lambda: False)})
        torch = type("torch", (), {"cuda": cuda, "distributed": Distributed})
        with unittest.mock.patch.dict(sys.modules, torch=torch):
            effrecord.Recorder(self.out()).close()
            self.assertEqual(os.listdir(self.out()), ["efficiency_metrics.rank00001.json"])
            effrecord.Recorder(self.out("alone"), world_size=1).close()
            with unittest.mock.patch.dict(os.environ, RANK="0", WORLD_SIZE="2"):
                self.assertEqual(effrecord._torch_rank(), (None, None))
            with unittest.mock.patch.object(Distributed, "is_initialized", staticmethod(lambda: False)):
                self.assertEqual(effrecord._torch_rank(), (None, None))
        self.assertEqual(os.listdir(self.out("alone")), ["efficiency_metrics.json"])
        self.assertEqual(effrecord._torch_rank(), (None, None))

    def test_an_exception_is_a_failed_run(self):
        with self.assertRaises(ZeroDivisionError):
            with effrecord.Recorder(self.out()) as recorder:
                with recorder.step():
                    raise ZeroDivisionError
        self.assertEqual(self.record()["status"], "failed")
        self.assertIn("total_steps", self.record()["unmeasured"])

    def test_decorator(self):
        @effrecord.record(self.out(), method="NPO")
        def unlearn(steps, recorder):
            for _ in range(steps):
                with recorder.step(tokens=7):
                    pass
            return "done"

        self.assertEqual(unlearn(2), "done")
        self.assertEqual((self.record()["total_steps"], self.record()["tokens"]["total"]), (2, 14))

        async def later():
            pass

        def bit_by_bit():
            yield 1

        for function in later, bit_by_bit:
            with self.assertRaisesRegex(TypeError, "does none of its work"):
                effrecord.record(self.out())(function)

    def test_a_recorder_that_nobody_closes(self):
        for ending, status in (("", "completed"), ("raise OSError", "failed"),
                               ("raise KeyboardInterrupt", "failed"), ("sys.exit(0)", "completed")):
            result = self.python("import effrecord, os, sys\n"
                                 "recorder = effrecord.Recorder(os.environ['OUT'])\n" + ending)
            self.assertEqual(self.record()["status"], status, result.stderr)
        result = self.python("import effrecord, os\n"
                             "def main():\n    effrecord.Recorder(os.environ['OUT']).set('local', True)\n"
                             "main()")
        self.assertEqual((self.record()["status"], self.record()["local"]), ("completed", True), result.stderr)

    def test_another_recorder_in_its_place(self):
        """A notebook's cell that is run again: the recorder of the first time must not come after the second's."""
        earlier = effrecord.Recorder(self.out())
        with self.assertWarnsRegex(RuntimeWarning, "an earlier recorder was not closed"):
            later = effrecord.Recorder(os.path.join(self.out(), "."))
        with later.step(tokens=7):
            pass
        later.close()
        earlier.set("late", True)
        earlier.close()
        self.assertEqual((self.record()["status"], self.record()["total_steps"]), ("completed", 1))
        self.assertEqual(self.record(file="efficiency_metrics.previous-1.json")["status"], "failed")
        self.assertEqual(len(os.listdir(self.out())), 2)

    def test_values_of_arrays_and_what_is_not_finite(self):
        class Scalar:  # as of NumPy or torch
            def __init__(self, value):
                self.value = value

            def item(self):
                return self.value

        recorder = effrecord.Recorder(self.out())
        recorder.set("loss", Scalar(0.25))
        recorder.set("samples", Scalar(40))
        for value in (math.nan, math.inf, Scalar(-math.inf)):
            with self.assertWarnsRegex(RuntimeWarning, "final_loss is -?(nan|inf); not recorded"):
                recorder.set("final_loss", value)
        recorder.close()
        record = self.record()
        self.assertEqual((record["loss"], record["samples"], record["status"]), (0.25, 40, "completed"))
        self.assertNotIn("final_loss", record)

    def test_counts_of_arrays(self):
        class Scalar:  # as `attention_mask.sum()`
            def __init__(self, value):
                self.value = value

            def __int__(self):
                return self.value

        with effrecord.Recorder(self.out()) as recorder:
            with recorder.step(tokens=Scalar(30)):
                pass
            with recorder.step(forget=Scalar(4), retain=Scalar(5)):
                pass
            recorder.report_gpu_memory("cuda:0", allocated=Scalar(3 << 20))
        self.assertEqual((self.record()["tokens"]["total"], self.record()["peak_gpu_memory_mb"]), (39, 3))

    def test_wrong_values_are_errors_and_closed_recorders_do_nothing(self):
        recorder = effrecord.Recorder(self.out())
        with self.assertRaisesRegex(effrecord.Error, "status cannot be set"):
            recorder.set("status", "fine")
        with self.assertRaises(TypeError):
            recorder.set("list", [1])
        with self.assertRaises(OverflowError):
            recorder.set("large", 2**63)
        with self.assertRaises(KeyError):
            with recorder.phase("lunch"):
                pass
        recorder.close()
        recorder.close(completed=False)
        recorder.step_begin()
        recorder.step_end(3)
        recorder.set("late", 1)
        self.assertEqual(self.record()["status"], "completed")

    def test_an_unwritable_directory_is_a_warning(self):
        with open(self.out(), "w", encoding="utf-8"):
            pass
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with effrecord.Recorder(os.path.join(self.out(), "below")) as recorder:
                with recorder.step():
                    pass
        self.assertTrue(any("effrecord" in str(warning.message) for warning in caught))

    def test_a_forked_worker_writes_nothing(self):
        with effrecord.Recorder(self.out()) as recorder:
            child = os.fork()
            if child == 0:
                recorder.step_begin()
                recorder.step_end(1)
                os._exit(0)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertIn("total_steps", self.record()["unmeasured"])

    def test_a_forked_child_has_nothing_to_close(self):
        result = self.python("import effrecord, os\n"
                             "recorder = effrecord.Recorder(os.environ['OUT'])\n"
                             "child = os.fork()\n"
                             "if child: os.waitpid(child, 0)\n"
                             "else: effrecord.Recorder(os.environ['OUT'])\n")
        self.assertEqual((result.returncode, result.stderr, self.record()["status"]), (0, "", "completed"))
        self.assertEqual(self.record(file="efficiency_metrics.previous-2.json")["status"], "completed")

    def test_switched_off(self):
        result = self.python("import effrecord, os\nos.environ['EFFREC_DISABLE'] = '1'\n"
                             "with effrecord.Recorder(os.environ['OUT']) as recorder:\n"
                             "    with recorder.step(): print(recorder.path)\n")
        self.assertEqual((result.returncode, result.stdout), (0, "None\n"), result.stderr)
        self.assertFalse(os.path.exists(self.out()))

    def test_a_missing_library_is_said(self):
        result = self.python("import os\nos.environ['EFFRECORD_LIBRARY'] = '/nowhere.so'\n"
                             "import effrecord\neffrecord.Recorder('x')")
        self.assertIn("EFFRECORD_LIBRARY", result.stderr)


class WithTrainer(InDirectory):
    def trainer(self, attach=True, steps=4, tracker=None, **arguments):
        tracker = tracker or effrecord.EfficiencyTracker()
        args = transformers.Arguments(self.out(), **arguments)
        trainer = NPO(Model(), args, loader(steps), [] if attach else [tracker])
        return tracker.attach(trainer) and trainer if attach else trainer

    def check_split(self, record):
        """4 steps of 0.02 s; 3 evaluations and 2 checkpoints of 0.2 s each."""
        self.assertGreater(record["unlearning_time_seconds"], 0.08)
        self.assertGreater(record["phases"]["eval_seconds"], 0.4)
        self.assertGreater(record["phases"]["save_seconds"], 0.4)
        self.assertLess(record["unlearning_time_seconds"], record["phases"]["eval_seconds"])
        self.assertLess(record["latency"]["max_ms"], 200)

    def test_attached(self):
        trainer = self.trainer(eval_on_start=True, eval_steps=2, save_steps=2)
        trainer.train()
        record = self.record()
        self.check_split(record)
        self.assertEqual((record["status"], record["method"], record["total_steps"]), ("completed", "NPO", 4))
        self.assertEqual((record["tokens"]["forget"], record["tokens"]["retain"]), (4 * 2, 4 * 5))
        self.assertEqual((record["forget_samples_count"], record["retain_samples_count"]), (4, 40))
        self.assertEqual((record["model_parameters"], record["model_bytes"]), (312, 624))
        self.assertEqual((record["requires_retain_set"], record["requires_retain_set_source"]), (True, "table"))

    def test_as_a_callback_alone(self):
        tracker = effrecord.EfficiencyTracker(method="GradAscent", requires_retain_set=False)
        self.trainer(attach=False, tracker=tracker, eval_on_start=True, eval_steps=2, save_steps=2).train()
        record = self.record()
        self.check_split(record)
        self.assertEqual((record["method"], record["requires_retain_set_source"]), ("GradAscent", "declared"))
        self.assertIn("tokens_per_second", record["unmeasured"])

    def test_evaluation_and_saving_at_the_end_of_epochs(self):
        for attach in (True, False):
            self.trainer(attach, steps=2, epochs=2, epoch_strategy=True).train()
            record = self.record()
            self.assertLess(record["unlearning_time_seconds"], record["phases"]["eval_seconds"])
            self.assertGreater(record["phases"]["eval_seconds"], 0.35)
            self.assertGreater(record["phases"]["save_seconds"], 0.35)

    def test_training_that_throws_leaves_a_record(self):
        trainer = self.trainer()
        trainer.fail_at = 2
        with self.assertRaises(RuntimeError):
            trainer.train()
        self.assertEqual((self.record()["status"], self.record()["total_steps"]), ("failed", 2))

    def test_training_again_after_an_exception_as_a_callback_alone(self):
        """The Trainer has no event for the end of the first; the second is a run of its own."""
        trainer = self.trainer(attach=False)
        trainer.fail_at = 2
        with self.assertRaises(RuntimeError):
            trainer.train()
        trainer.fail_at = None
        trainer.train()
        self.assertEqual((self.record()["status"], self.record()["total_steps"]), ("completed", 4))
        earlier = self.record(file="efficiency_metrics.previous-1.json")
        self.assertEqual((earlier["status"], earlier["total_steps"]), ("failed", 2))

    def test_counts_of_several_threads(self):
        class Slow(Tensor):
            def sum(self):
                time.sleep(0.01)
                return super().sum()

        tracker = effrecord.EfficiencyTracker()
        inputs = {"input_ids": Tensor([7] * 3), "attention_mask": Slow([1, 1, 0])}
        threads = [threading.Thread(target=tracker._count, args=(inputs,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(tracker._tokens, {"all": 8})

    def test_storage_and_another_directory(self):
        logs = os.path.join(self.directory, "logs", "deep")
        os.makedirs(logs)
        with open(os.path.join(logs, "steps.bin"), "wb") as file:
            file.write(b"x" * (3 << 20))
        tracker = effrecord.EfficiencyTracker(self.out("elsewhere"), os.path.join(self.directory, "logs"))
        self.trainer(tracker=tracker).train()
        self.assertEqual(self.record("elsewhere")["intermediate_storage_mb"], 3)
        self.assertFalse(os.path.exists(self.out()))

    def test_work_outside_the_training_loop(self):
        tracker = effrecord.EfficiencyTracker(self.out(), method="LMCleanerSampleLevel")
        with tracker.phase("setup"):
            pass
        with tracker.phase("unlearn"):
            pass
        tracker.close()
        record = self.record()
        self.assertEqual((record["status"], record["requires_retain_set"]), ("completed", False))
        self.assertIn("setup_seconds", record["phases"])

    def test_not_enabled(self):
        self.trainer(tracker=effrecord.EfficiencyTracker(enabled=False)).train()
        self.trainer(attach=False, tracker=effrecord.EfficiencyTracker(enabled=False)).train()
        self.assertFalse(os.path.exists(self.out()))

    def test_without_transformers_the_callback_has_every_event(self):
        result = self.python("import effrecord\ntracker = effrecord.EfficiencyTracker()\n"
                             "for event in effrecord._EVENTS: getattr(tracker, 'on_' + event)\n"
                             "print(type(tracker).__mro__[1].__module__)")
        self.assertEqual((result.returncode, result.stdout), (0, "effrecord\n"), result.stderr)


TORCH = "/usr/bin/python3"


@unittest.skipIf(subprocess.run([TORCH, "-c", "import torch"], capture_output=True, check=False).returncode,
                 "Debian's python3-torch is not installed")
class WithTorch(InDirectory):
    def test_tokens_and_model_of_a_real_module(self):
        program = (
            "import sys, os\n"
            f"sys.path.insert(0, {STANDIN!r})\n"
            "import effrecord, torch, transformers\n"
            "class Net(torch.nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.embedding = torch.nn.Embedding(10, 4)\n"
            "    def forward(self, input_ids=None, attention_mask=None):\n"
            "        return {'loss': self.embedding(input_ids).sum()}\n"
            "part = lambda *mask: {'input_ids': torch.ones(1, len(mask), dtype=torch.long),\n"
            "                      'attention_mask': torch.tensor([mask])}\n"
            "class Loader(list): dataset = range(6)\n"
            "batches = Loader([{'forget': part(1, 1, 0), 'retain': part(1, 1, 1)}] * 3)\n"
            "trainer = transformers.Trainer(Net(), transformers.Arguments(os.environ['OUT']), batches)\n"
            "effrecord.EfficiencyTracker(method='GradDiff').attach(trainer)\n"
            "trainer.train()\n")
        result = self.python(program, TORCH)
        self.assertEqual(result.returncode, 0, result.stderr)
        record = self.record()
        self.assertEqual((record["tokens"]["forget"], record["tokens"]["retain"]), (6, 9))
        self.assertEqual((record["model_parameters"], record["model_bytes"]), (40, 160))
        self.assertEqual(record["forget_samples_count"], 6)
        self.assertIn("peak_gpu_memory_mb", record["unmeasured"])


    def test_torchrun(self):
        """The guide's command: torchrun is `python -m torch.distributed.run`."""
        program = os.path.join(self.directory, "train.py")
        with open(program, "w", encoding="utf-8") as file:
            file.write("import os, torch, effrecord\n"
                       "torch.distributed.init_process_group('gloo')\n"
                       "rank = torch.distributed.get_rank()\n"
                       "weights = torch.ones(4)\n"
                       "with effrecord.Recorder(os.environ['OUT'], method='NPO') as recorder:\n"
                       "    for _ in range(3):\n"
                       "        with recorder.step(tokens=100 + rank):\n"
                       "            torch.distributed.all_reduce(weights)\n"
                       "    torch.distributed.barrier()\n"
                       "print(int(weights[0]))\n")
        environment = dict(os.environ, PYTHONPATH=MODULE, OUT=self.out(), OMP_NUM_THREADS="1")
        # Torch 1.13 fails with Python 3.11 unless it is told to tee.
        tee = ["--redirects", "1", "--tee", "1", "--log_dir", self.directory]
        result = subprocess.run([TORCH, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", *tee, program],
                                env=environment, text=True, capture_output=True, check=False, timeout=120)
        self.assertEqual((result.returncode, sorted(result.stdout.split("\n"))),
                         (0, ["", "[default0]:8", "[default1]:8"]), result.stderr)
        self.assertEqual(sorted(os.listdir(self.out())),
                         ["efficiency_metrics.json"] + [f"efficiency_metrics.rank0000{rank}.json" for rank in (0, 1)])
        merged = self.record()
        self.assertEqual((merged["ranks"], merged["status"], merged["method"]), ("2/2", "completed", "NPO"))
        self.assertEqual((merged["total_steps"], merged["tokens"]["total"]), (3, 603))
        rank = self.record(file="efficiency_metrics.rank00001.json")
        self.assertEqual((rank["rank"]["source"], rank["rank"]["local_rank"]), ("torchrun", 1))
        self.assertIn("torchelastic_run_id", rank["job"])


if __name__ == "__main__":
    unittest.main()
