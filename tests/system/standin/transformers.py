"""A stand-in for transformers: the Trainer's loop as far as callbacks see it.

The order of calls is that of transformers' Trainer._inner_training_loop, _maybe_log_save_evaluate and
CallbackHandler.call_event, which passes model, optimizer, dataloaders and so on, but no trainer, and
calls every event on every callback by getattr.
"""

import time


class TrainerCallback:
    pass


for _event in (
    "init_end train_begin train_end epoch_begin epoch_end step_begin pre_optimizer_step optimizer_step "
    "substep_end step_end evaluate predict save log prediction_step push_begin"
).split():
    setattr(TrainerCallback, f"on_{_event}", lambda self, args, state, control, **kwargs: None)


class Arguments:
    def __init__(self, output_dir, epochs=1, eval_on_start=False, eval_steps=0, save_steps=0,
                 epoch_strategy=False):
        self.output_dir = output_dir
        self.num_train_epochs = epochs
        self.eval_on_start = eval_on_start
        self.eval_steps = eval_steps
        self.save_steps = save_steps
        self.epoch_strategy = epoch_strategy


class State:
    global_step = 0


class Control:
    should_evaluate = should_save = should_log = False


class DefaultFlowCallback(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        control.should_evaluate = bool(args.eval_steps) and state.global_step % args.eval_steps == 0
        control.should_save = bool(args.save_steps) and state.global_step % args.save_steps == 0
        return control

    def on_epoch_end(self, args, state, control, **kwargs):
        control.should_evaluate = control.should_save = args.epoch_strategy
        return control


class CallbackHandler:
    def __init__(self, callbacks, trainer):
        self.callbacks = callbacks
        self.trainer = trainer

    def call_event(self, event, args, state, control, **kwargs):
        for callback in self.callbacks:
            result = getattr(callback, event)(
                args, state, control, model=self.trainer.model, processing_class=None, optimizer=None,
                lr_scheduler=None, train_dataloader=self.trainer.train_dataloader,
                eval_dataloader=None, **kwargs)
            if result is not None:
                control = result
        return control


class Trainer:
    """Its "work" is sleeping, so that a test knows how long each part takes."""

    step_seconds, eval_seconds, save_seconds = 0.02, 0.2, 0.2
    fail_at = None

    def __init__(self, model, args, train_dataloader, callbacks=()):
        self.model, self.args, self.train_dataloader = model, args, train_dataloader
        self.state, self.control = State(), Control()
        self.callback_handler = CallbackHandler([DefaultFlowCallback(), *callbacks], self)
        self._event("init_end")

    def add_callback(self, callback):
        self.callback_handler.callbacks.append(callback)

    def _event(self, name, **kwargs):
        self.control = self.callback_handler.call_event(
            f"on_{name}", self.args, self.state, self.control, **kwargs)

    def training_step(self, model, inputs, num_items_in_batch=None):
        if self.state.global_step == self.fail_at:
            raise RuntimeError("out of memory")
        for batch in inputs.values() if "forget" in inputs else [inputs]:
            model(**batch)
        time.sleep(self.step_seconds)

    def evaluate(self):
        for _ in range(2):
            time.sleep(self.eval_seconds / 2)
            self._event("prediction_step")
        self._event("evaluate", metrics={})

    def _save_checkpoint(self, model, trial):
        self.save_model()

    def save_model(self):
        time.sleep(self.save_seconds)

    def _maybe_log_save_evaluate(self):
        if self.control.should_evaluate:
            self.evaluate()
            self.control.should_evaluate = False
        if self.control.should_save:
            self._save_checkpoint(self.model, None)
            self._event("save")
            self.control.should_save = False

    def train(self):
        self._event("train_begin")
        if self.args.eval_on_start:
            self.evaluate()
        for _ in range(self.args.num_train_epochs):
            self._event("epoch_begin")
            for inputs in self.train_dataloader:
                self._event("step_begin")
                self.training_step(self.model, inputs)
                self._event("pre_optimizer_step")
                self._event("optimizer_step")
                self.state.global_step += 1
                self._event("step_end")
                self._maybe_log_save_evaluate()
            self._event("epoch_end")
            self._maybe_log_save_evaluate()
        self._event("train_end")
