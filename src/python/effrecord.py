"""Records what an unlearning or training run costs, from Python.

One file, standard library only; the work is done by libeffrecord (ctypes), which also documents what
each figure means (effrecord.h, docs/schema.md). The record is `efficiency_metrics.json` in the output
directory.

A plain loop:

    import effrecord

    with effrecord.Recorder("saves/unlearn/npo_s0", method="NPO") as recorder:
        for batch in batches:
            with recorder.step(tokens=batch.tokens):
                ...
            if due:
                with recorder.phase("eval"):
                    ...

A function: `@effrecord.record("saves/unlearn/npo_s0", method="NPO")`.

A Hugging Face Trainer:

    effrecord.EfficiencyTracker(method="NPO").attach(trainer)
    trainer.train()

Recording never stops a run: what goes wrong with the record is a warning (`warnings.warn`). Set
EFFREC_DISABLE=1 to switch recording off.
"""

import atexit
import contextlib
import ctypes
import ctypes.util
import functools
import inspect
import math
import os
import sys
import threading
import warnings

__all__ = ["EfficiencyTracker", "Error", "Recorder", "library_version", "record"]

UNKNOWN = -1
COMPLETED, FAILED = 0, 1
PHASES = {"setup": 0, "train": 1, "unlearn": 1, "eval": 2, "save": 3}
_ABI_VERSION = 2
_GPU_ALLOCATED, _GPU_RESERVED = 0, 1
_LOG_WARNING = 1


class Error(OSError):
    """What libeffrecord answered; errno and strerror are set."""


# ---- The library ----


_LogFunction = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p)


class _Options(ctypes.Structure):
    """struct effrec_options; a newer library takes the defaults for what it has beyond these."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("output_dir", ctypes.c_char_p),
        ("method", ctypes.c_char_p),
        ("heartbeat_seconds", ctypes.c_double),
        ("log", _LogFunction),
        ("log_data", ctypes.c_void_p),
        ("argv", ctypes.POINTER(ctypes.c_char_p)),
        ("rank", ctypes.c_int64),
        ("world_size", ctypes.c_int64),
        ("local_rank", ctypes.c_int64),
        ("gpus", ctypes.c_char_p),
        ("gpu_sample_seconds", ctypes.c_double),
    ]


_handle = ctypes.c_void_p
_int64 = ctypes.c_int64
_PROTOTYPES = {
    "effrec_open": (ctypes.c_int, [ctypes.POINTER(_Options), ctypes.POINTER(_handle)]),
    "effrec_close": (ctypes.c_int, [_handle, ctypes.c_int]),
    "effrec_checkpoint": (ctypes.c_int, [_handle]),
    "effrec_path": (ctypes.c_char_p, [_handle]),
    "effrec_step_begin": (ctypes.c_int, [_handle]),
    "effrec_step_end": (ctypes.c_int, [_handle, _int64]),
    "effrec_step_end_split": (ctypes.c_int, [_handle, _int64, _int64]),
    "effrec_phase_begin": (ctypes.c_int, [_handle, ctypes.c_int]),
    "effrec_phase_end": (ctypes.c_int, [_handle, ctypes.c_int]),
    "effrec_set_method": (ctypes.c_int, [_handle, ctypes.c_char_p]),
    "effrec_set_model": (ctypes.c_int, [_handle, _int64, _int64]),
    "effrec_set_samples": (ctypes.c_int, [_handle, _int64, _int64]),
    "effrec_set_passes": (ctypes.c_int, [_handle, _int64, _int64]),
    "effrec_set_storage": (ctypes.c_int, [_handle, _int64]),
    "effrec_set_tokens": (ctypes.c_int, [_handle, _int64]),
    "effrec_set_tokens_gathered": (ctypes.c_int, [_handle, ctypes.c_int]),
    "effrec_set_token_definition": (ctypes.c_int, [_handle, ctypes.c_char_p]),
    "effrec_set_requires_retain_set": (ctypes.c_int, [_handle, ctypes.c_int]),
    "effrec_set_synchronized": (ctypes.c_int, [_handle, ctypes.c_int]),
    "effrec_report_gpu_memory": (
        ctypes.c_int,
        [_handle, ctypes.c_char_p, ctypes.c_int, _int64, ctypes.c_char_p],
    ),
    "effrec_set_int": (ctypes.c_int, [_handle, ctypes.c_char_p, _int64]),
    "effrec_set_real": (ctypes.c_int, [_handle, ctypes.c_char_p, ctypes.c_double]),
    "effrec_set_bool": (ctypes.c_int, [_handle, ctypes.c_char_p, ctypes.c_int]),
    "effrec_set_string": (ctypes.c_int, [_handle, ctypes.c_char_p, ctypes.c_char_p]),
    "effrec_strerror": (ctypes.c_char_p, [ctypes.c_int]),
    "effrec_version": (ctypes.c_char_p, []),
    "effrec_abi_version": (ctypes.c_int, []),
}


@functools.lru_cache(maxsize=None)
def _library():
    """libeffrecord, from $EFFRECORD_LIBRARY or where the linker looks."""
    name = os.environ.get("EFFRECORD_LIBRARY") or "libeffrecord.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise ImportError(
            f"effrecord: {error}; install effcompare, or name the library in EFFRECORD_LIBRARY"
        ) from None
    if library.effrec_abi_version() < _ABI_VERSION:
        raise ImportError(f"effrecord: {name} is older than effrecord.py")
    for function, (result, arguments) in _PROTOTYPES.items():
        prototype = getattr(library, function)
        prototype.restype, prototype.argtypes = result, arguments
    return library


def library_version():
    """The version of libeffrecord in use, such as "0.1.0"."""
    return _library().effrec_version().decode()


def _bytes(text):
    return None if text is None else os.fsencode(text)


def _warn(message):
    # From the library's own thread, too; a filter that turns warnings into errors must not stop a run.
    with contextlib.suppress(Warning):
        warnings.warn(f"effrecord: {message}", RuntimeWarning, stacklevel=4)


@_LogFunction
def _log(_data, level, message):
    if level >= _LOG_WARNING:
        _warn(message.decode(errors="replace"))


# ---- Plain loops ----

_recorders = {}  # those that are open, by their directory and rank
os.register_at_fork(after_in_child=_recorders.clear)


@atexit.register
def _close_at_exit():
    # An exception that nobody caught, Ctrl-C too, leaves its traces in sys; sys.exit() does not.
    for recorder in list(_recorders.values()):
        recorder.close(getattr(sys, "last_value", None) is None)


class Recorder:
    """A recording, from its construction to close().

    As a context manager it closes itself: completed, or failed when an exception leaves the block.
    A recorder that is never closed is closed at exit: failed when an exception ended the program, but
    completed after sys.exit(), whose status nobody tells. Where another one starts in its place before that,
    as when a notebook's cell is run again, it is closed as failed.
    Values set to None become unknown again.

    heartbeat_seconds       time between refreshes of the record; 0: 30, negative: none
    rank, world_size        which of the run's processes this is, from 0; None: found out from the
                            launcher (torchrun, mpirun, srun), or as torch.distributed was initialized
                            (torch.multiprocessing.spawn). world_size=1: alone, whatever they say
    local_rank              the number on this machine; None: not known
    gpus                    those that the program may use: UUIDs, PCI addresses, or numbers in the
                            driver's order; () for none. None: torch's, where torch has initialized
                            CUDA, else CUDA_VISIBLE_DEVICES, else all
    gpu_sample_seconds      time between looks at the GPUs; 0: 0.1, negative: none
    """

    def __init__(
        self,
        output_dir=".",
        method=None,
        *,
        heartbeat_seconds=0.0,
        rank=None,
        world_size=None,
        local_rank=None,
        gpus=None,
        gpu_sample_seconds=0.0,
    ):
        if (rank is None) != (world_size is None) and world_size != 1:
            raise ValueError("effrecord: rank and world_size go together")
        if rank is None and world_size is None:
            rank, world_size = _torch_rank()
        self._library = _library()
        self._handle = _handle()
        self._lock = threading.Lock()
        options = _Options(
            struct_size=ctypes.sizeof(_Options),
            output_dir=_bytes(output_dir),
            method=_bytes(method),
            heartbeat_seconds=heartbeat_seconds,
            log=_log,
            argv=_argv(),
            rank=rank or 0,
            world_size=world_size or 0,
            local_rank=_or_unknown(local_rank) if world_size else 0,
            gpus=_gpu_list(_torch_gpus() if gpus is None else gpus),
            gpu_sample_seconds=gpu_sample_seconds,
        )
        self._place = os.path.abspath(os.fsdecode(output_dir)), rank
        earlier = _recorders.get(self._place)
        if earlier is not None:
            _warn(f"{output_dir}: an earlier recorder was not closed; its record ends, as failed")
            earlier.close(completed=False)
        result = self._library.effrec_open(ctypes.byref(options), ctypes.byref(self._handle))
        if result != 0:
            raise self._error(result)
        if self._handle:
            _recorders[self._place] = self

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close(_ended_well(kind, value))

    def _error(self, result):
        return Error(-result, self._library.effrec_strerror(result).decode())

    def _call(self, function, *arguments):
        if not self._handle:
            return
        result = getattr(self._library, function)(self._handle, *arguments)
        if result != 0:
            raise self._error(result)

    @property
    def path(self):
        """The record's path; None when recording is switched off or over."""
        path = self._library.effrec_path(self._handle)
        return None if path is None else os.fsdecode(path)

    def close(self, completed=True):
        """Ends the recording; a second call does nothing."""
        with self._lock:
            handle, self._handle = self._handle, _handle()
        if handle:
            _recorders.pop(self._place, None)
            result = self._library.effrec_close(handle, COMPLETED if completed else FAILED)
            if result != 0:
                _warn(self._error(result).strerror)

    def checkpoint(self):
        """Writes the record now."""
        self._call("effrec_checkpoint")

    def step_begin(self):
        self._library.effrec_step_begin(self._handle)

    def step_end(self, tokens=None, *, forget=None, retain=None):
        """Ends an optimizer step; tokens in all, or those of the forget and the retain set. A number of
        NumPy or torch is one, too."""
        if forget is not None or retain is not None:
            self._library.effrec_step_end_split(self._handle, int(forget or 0), int(retain or 0))
        else:
            self._library.effrec_step_end(self._handle, _or_unknown(tokens))

    @contextlib.contextmanager
    def step(self, tokens=None, *, forget=None, retain=None):
        """One optimizer step. A step that an exception ends is not counted."""
        self.step_begin()
        yield
        self.step_end(tokens, forget=forget, retain=retain)

    @contextlib.contextmanager
    def phase(self, name):
        """Time that is not training: "setup", "eval" or "save"; or "train" (also "unlearn")."""
        phase = PHASES[name]
        self._call("effrec_phase_begin", phase)
        try:
            yield
        finally:
            self._call("effrec_phase_end", phase)

    def set_method(self, method):
        self._call("effrec_set_method", _bytes(method))

    def set_model(self, parameters=None, size_bytes=None):
        self._call("effrec_set_model", _or_unknown(parameters), _or_unknown(size_bytes))

    def set_samples(self, forget=None, retain=None):
        self._call("effrec_set_samples", _or_unknown(forget), _or_unknown(retain))

    def set_passes(self, forward=None, backward=None):
        """Forward and backward passes of the model."""
        self._call("effrec_set_passes", _or_unknown(forward), _or_unknown(backward))

    def set_storage(self, size_bytes):
        """Bytes of the files that the method keeps beside the model."""
        self._call("effrec_set_storage", _or_unknown(size_bytes))

    def set_tokens(self, tokens, definition=None, gathered=None):
        """All tokens so far, in place of what the steps add up to; what is counted; and whether it
        is gathered from all ranks already, as the Trainer's own counter is."""
        self._call("effrec_set_tokens", _or_unknown(tokens))
        if definition is not None:
            self.set_token_definition(definition)
        if gathered is not None:
            self.set_tokens_gathered(gathered)

    def set_tokens_gathered(self, gathered):
        """Whether the counts given, also those of steps, are of all ranks: they are not added up."""
        self._call("effrec_set_tokens_gathered", int(bool(gathered)))

    def set_token_definition(self, definition):
        self._call("effrec_set_token_definition", _bytes(definition))

    def set_requires_retain_set(self, required):
        """True, False, or None: by the table of known methods."""
        self._call(
            "effrec_set_requires_retain_set", UNKNOWN if required is None else int(bool(required))
        )

    def set_synchronized(self, synchronized):
        """Whether a step is timed until the GPU is done with it."""
        self._call(
            "effrec_set_synchronized", UNKNOWN if synchronized is None else int(bool(synchronized))
        )

    def set(self, key, value):
        """Any other value: int (of 64 bits), float, bool or str, or one number of NumPy or torch."""
        if hasattr(value, "item"):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return _warn(f"{key} is {value}; not recorded")  # a loss may be, and training goes on
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise OverflowError(f"effrecord: {key} does not fit into 64 bits")  # ctypes would cut it
        for kind, suffix, argument in (
            (bool, "bool", int),
            (int, "int", int),
            (float, "real", float),
            (str, "string", str.encode),
        ):
            if isinstance(value, kind):
                try:
                    return self._call(f"effrec_set_{suffix}", _bytes(key), argument(value))
                except Error as error:
                    raise Error(error.errno, f"{key} cannot be set: {error.strerror}") from None
        raise TypeError(f"effrecord: {key} is neither int, float, bool nor str")

    def report_gpu_memory(self, gpu, *, allocated=None, reserved=None, source="declared"):
        """Peak bytes that a framework reports for one GPU; the highest are kept."""
        for kind, size in ((_GPU_ALLOCATED, allocated), (_GPU_RESERVED, reserved)):
            if size is not None:
                name = source.get(kind) if isinstance(source, dict) else source
                self._call("effrec_report_gpu_memory", _bytes(gpu), kind, int(size), _bytes(name))

    def report_torch(self, torch):
        """Peak memory of every visible GPU, as torch reports it."""
        for index in range(torch.cuda.device_count()):
            self.report_gpu_memory(
                _torch_gpu_name(torch, index),
                allocated=torch.cuda.max_memory_allocated(index),
                reserved=torch.cuda.max_memory_reserved(index),
                source={
                    _GPU_ALLOCATED: "torch.cuda.max_memory_allocated",
                    _GPU_RESERVED: "torch.cuda.max_memory_reserved",
                },
            )


def _argv():
    """The command line for the record, as Python was started."""
    words = getattr(sys, "orig_argv", None) or sys.argv
    array = (ctypes.c_char_p * (len(words) + 1))()
    array[: len(words)] = [os.fsencode(word) for word in words]
    return ctypes.cast(array, ctypes.POINTER(ctypes.c_char_p))


def _ended_well(kind, value):
    """Leaving with an exception is failure; sys.exit() with status 0 is not."""
    if kind is None:
        return True
    return issubclass(kind, SystemExit) and value.code in (None, 0)


def _or_unknown(number):
    return UNKNOWN if number is None else int(number)


def _torch_gpu_name(torch, index):
    uuid = getattr(torch.cuda.get_device_properties(index), "uuid", None)
    return f"GPU-{uuid}" if uuid is not None else f"cuda:{index}"


def _torch_rank():
    """Rank and number of ranks that the program has told torch.distributed itself; (None, None) where it
    has not, or a launcher has put them into the environment."""
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is None or "RANK" in os.environ or "EFFREC_RANK" in os.environ:
        return None, None
    if not (distributed.is_available() and distributed.is_initialized()):
        return None, None
    return distributed.get_rank(), distributed.get_world_size()


def _torch_gpus():
    """UUIDs of the GPUs that torch sees; None where it does not tell. CUDA's numbers are not the
    driver's, so UUIDs are better than CUDA_VISIBLE_DEVICES; of slices (MIG) only that has them."""
    torch = _cuda()
    if torch is None or "MIG" in os.environ.get("CUDA_VISIBLE_DEVICES", ""):
        return None
    names = [_torch_gpu_name(torch, index) for index in range(torch.cuda.device_count())]
    return names if all(name.startswith("GPU-") for name in names) else None


def _gpu_list(gpus):
    """As the library takes it: names with commas."""
    if gpus is None or isinstance(gpus, str):
        return _bytes(gpus)
    return _bytes(",".join(str(gpu) for gpu in gpus))


def record(output_dir=".", method=None, **options):
    """A decorator: records each call of a function, with its time as training time.

    A function with a parameter `recorder` gets the recorder as that. Calling a generator or a
    coroutine function runs nothing of it, so those are refused.
    """

    def decorate(function):
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            raise TypeError("calling a generator or coroutine function does none of its work: use Recorder in it")
        wants_recorder = "recorder" in inspect.signature(function).parameters

        @functools.wraps(function)
        def recorded(*args, **kwargs):
            with Recorder(output_dir, method, **options) as recorder:
                if wants_recorder:
                    kwargs.setdefault("recorder", recorder)
                return function(*args, **kwargs)

        return recorded

    return decorate


# ---- Hugging Face Trainer ----

_counting = threading.Lock()  # DataParallel has a thread for each GPU

_EVENTS = (
    "init_end train_begin train_end epoch_begin epoch_end step_begin pre_optimizer_step "
    "optimizer_step substep_end step_end evaluate predict save log prediction_step push_begin"
).split()


def _callback_base():
    """transformers.TrainerCallback where transformers is there, else a class with all its events:
    the Trainer calls each of them on every callback."""
    try:
        from transformers import TrainerCallback
    except Exception:  # also a transformers that cannot be imported
        nothing = {f"on_{event}": lambda self, *args, **kwargs: None for event in _EVENTS}
        return type("TrainerCallback", (), nothing)
    return TrainerCallback


class EfficiencyTracker(_callback_base()):
    """Records a Trainer's run. Either pass it to the Trainer as a callback, or, which measures more
    exactly, `EfficiencyTracker(...).attach(trainer)`.

    output_dir              where the record goes; None: the Trainer's
    storage_dirs            directories whose files the method keeps beside the model
    enabled                 False: does nothing
    method                  None: with attach(), the trainer's class
    requires_retain_set     None: by the table of known methods
    synchronize             wait for the GPU at the end of each step, so that its time is all there
    reset_peak_memory       forget torch's memory peaks of before the training

    For work outside Trainer.train(): `with tracker.phase("unlearn"): ...`; close() ends the record.
    """

    def __init__(
        self,
        output_dir=None,
        storage_dirs=None,
        enabled=True,
        *,
        method=None,
        requires_retain_set=None,
        synchronize=True,
        reset_peak_memory=False,
    ):
        super().__init__()
        self.output_dir = output_dir
        self.storage_dirs = [storage_dirs] if isinstance(storage_dirs, str) else storage_dirs or []
        self.enabled = enabled
        self.method = method
        self.requires_retain_set = requires_retain_set
        self.synchronize = synchronize
        self.reset_peak_memory = reset_peak_memory
        self.recorder = None
        self._attached = False
        self._phases = contextlib.ExitStack()
        self._open_phase = None
        self._tokens = {}
        self._hook = None
        self._stepped = False  # since the training began

    # -- The recording --

    def _start(self, output_dir):
        if self.recorder is not None or not self.enabled:
            return
        self.recorder = Recorder(self.output_dir or output_dir or ".", self.method)
        if self.requires_retain_set is not None:
            self.recorder.set_requires_retain_set(self.requires_retain_set)
        torch = _cuda()
        if torch and self.reset_peak_memory:
            for index in range(torch.cuda.device_count()):
                torch.cuda.reset_peak_memory_stats(index)
        if torch:
            self.recorder.set_synchronized(self.synchronize)

    def close(self, completed=True):
        """Ends the record; the Trainer's end of training does it, too."""
        recorder, self.recorder = self.recorder, None
        if recorder is None:
            return
        self._leave_phase()
        self._stepped = False
        if self._hook is not None:
            self._hook.remove()
            self._hook = None
        with _warnings_only():
            torch = _cuda()
            if torch:
                recorder.report_torch(torch)
            if self.storage_dirs:
                recorder.set_storage(sum(map(_directory_size, self.storage_dirs)))
        recorder.close(completed)

    @contextlib.contextmanager
    def phase(self, name):
        """A part of the run: "unlearn", "setup", "eval" or "save". Starts the record if need be."""
        self._start(None)
        if self.recorder is None:
            yield
            return
        with self.recorder.phase(name):
            yield

    def attach(self, trainer):
        """Adds itself to the trainer and measures around its own methods. Returns itself."""
        if not self.enabled:
            return self
        if self.method is None:
            self.method = type(trainer).__name__
        self._attached = True
        self._wrap(trainer, "train", self._around_train)
        self._wrap(trainer, "evaluate", self._around_phase("eval"))
        self._wrap(trainer, "predict", self._around_phase("eval"))
        self._wrap(trainer, "_save_checkpoint", self._around_phase("save"))
        self._wrap(trainer, "save_model", self._around_phase("save"))
        self._wrap(trainer, "training_step", self._around_training_step)
        trainer.add_callback(self)
        return self

    @staticmethod
    def _wrap(trainer, name, around):
        method = getattr(trainer, name, None)
        if method is None:
            return

        @functools.wraps(method)
        def wrapped(*args, **kwargs):
            return around(method, *args, **kwargs)

        setattr(trainer, name, wrapped)

    def _around_train(self, method, *args, **kwargs):
        try:
            return method(*args, **kwargs)
        except BaseException:
            self.close(completed=False)
            raise

    def _around_phase(self, name):
        def around(method, *args, **kwargs):
            if self.recorder is None or self._open_phase is not None:
                return method(*args, **kwargs)
            self._enter_phase(name)
            try:
                return method(*args, **kwargs)
            finally:
                self._leave_phase()

        return around

    def _around_training_step(self, method, model, inputs, *args, **kwargs):
        self._count(inputs)
        return method(model, inputs, *args, **kwargs)

    # -- Phases, seen from the events alone: begun where the Trainer is about to, ended by its event --

    def _enter_phase(self, name):
        if self.recorder is not None and self._open_phase != name:
            self._leave_phase()
            self._phases.enter_context(self.recorder.phase(name))
            self._open_phase = name

    def _leave_phase(self):
        self._open_phase = None
        self._phases.close()

    def _enter_next(self, control):
        """After a step or an epoch the Trainer evaluates, then saves."""
        if self._attached:
            return
        if getattr(control, "should_evaluate", False):
            self._enter_phase("eval")
        elif getattr(control, "should_save", False):
            self._enter_phase("save")

    # -- Tokens --

    def _count(self, inputs):
        """Tokens of a batch. Unlearning batches are {"forget": ..., "retain": ...}."""
        if not isinstance(inputs, dict) and not hasattr(inputs, "keys"):
            return
        known = [key for key in ("forget", "retain") if key in inputs]
        counts = {key: _tokens(inputs[key]) for key in known} or {"all": _tokens(inputs)}
        with _counting:
            for key, count in counts.items():
                self._tokens[key] = self._tokens.get(key, 0) + count

    def _watch_forward(self, model):
        """Without attach() a batch is seen only where the model sees it (torch 2.0 or newer)."""
        register = getattr(model, "register_forward_pre_hook", None)
        if register is None or "with_kwargs" not in inspect.signature(register).parameters:
            return

        def before_forward(module, args, kwargs):
            if module.training and sys.modules["torch"].is_grad_enabled():
                self._count(kwargs or (args[0] if args and hasattr(args[0], "keys") else {}))

        self._hook = register(before_forward, with_kwargs=True)

    # -- Events --

    def on_train_begin(self, args, state, control, model=None, train_dataloader=None, **kwargs):
        with _warnings_only():
            if self._stepped:  # an exception ended an earlier training, of which there is no event
                self.close(completed=False)
            self._start(getattr(args, "output_dir", None))
            if self.recorder is None:
                return
            self.recorder.set_token_definition("non-padding tokens of the training batches")
            if model is not None:
                self.recorder.set_model(*_model_size(model))
                if not self._attached and self._hook is None:
                    self._watch_forward(model)
            forget, retain = _sample_counts(getattr(train_dataloader, "dataset", None))
            self.recorder.set_samples(forget, retain)

    def on_step_begin(self, args, state, control, **kwargs):
        if self.recorder is None:
            return
        self._leave_phase()
        self._stepped = True
        self._tokens = {}
        self.recorder.step_begin()

    def on_step_end(self, args, state, control, **kwargs):
        if self.recorder is None:
            return
        torch = _cuda()
        if torch and self.synchronize:
            torch.cuda.synchronize()
        if "all" in self._tokens:
            self.recorder.step_end(sum(self._tokens.values()))
        elif self._tokens:
            self.recorder.step_end(**self._tokens)
        else:
            self.recorder.step_end()
        if torch:
            with _warnings_only():
                self.recorder.report_torch(torch)
        self._enter_next(control)

    def on_epoch_end(self, args, state, control, **kwargs):
        self._enter_next(control)

    def on_prediction_step(self, args, state, control, **kwargs):
        if not self._attached:
            self._enter_phase("eval")

    def on_evaluate(self, args, state, control, **kwargs):
        if self._attached:
            return
        self._leave_phase()
        if getattr(control, "should_save", False):
            self._enter_phase("save")

    def on_save(self, args, state, control, **kwargs):
        if not self._attached:
            self._leave_phase()

    def on_train_end(self, args, state, control, **kwargs):
        self.close()


@contextlib.contextmanager
def _warnings_only():
    """Trouble with a figure is no trouble for the run."""
    try:
        yield
    except Exception as error:
        _warn(f"{type(error).__name__}: {error}")


def _cuda():
    """torch, when it is in use and has a GPU."""
    torch = sys.modules.get("torch")
    return torch if torch is not None and torch.cuda.is_initialized() else None


def _tokens(batch):
    """Non-padding tokens, over batches that hold batches (an alternate answer beside the original)."""
    if not hasattr(batch, "keys"):
        return 0
    if "input_ids" in batch:
        mask = batch["attention_mask"] if "attention_mask" in batch else None
        return int(mask.sum()) if mask is not None else int(batch["input_ids"].numel())
    return sum(_tokens(batch[key]) for key in batch.keys())


def _model_size(model):
    """Number of parameters and their bytes; DeepSpeed keeps the size of a sharded one in ds_numel."""
    parameters = size = 0
    for parameter in model.parameters():
        count = getattr(parameter, "ds_numel", None) or parameter.numel()
        parameters += count
        size += count * parameter.element_size()
    return parameters, size


def _sample_counts(dataset):
    """(forget, retain) of a dataset of both; a plain one holds what is to be forgotten."""
    if dataset is None:
        return None, None
    if hasattr(dataset, "forget") or hasattr(dataset, "retain"):
        return tuple(
            len(part) if part is not None and hasattr(part, "__len__") else None
            for part in (getattr(dataset, "forget", None), getattr(dataset, "retain", None))
        )
    return (len(dataset) if hasattr(dataset, "__len__") else None), None


def _directory_size(directory):
    return sum(
        os.lstat(os.path.join(folder, file)).st_size
        for folder, _, files in os.walk(directory)
        for file in files
    )
