"""Cross-validation by patient, then a fit to all cases. It can be stopped at any step, and goes on from its
last checkpoint as if it had not been."""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pickle import UnpicklingError
from typing import Any

import torch

from sam3d.data.sliding_window import Plan

from .base import Base
from .cases import TaskCase
from .fit import Fit
from .level_case import LevelCase, level_case
from .plan import plan_of
from .progress import Listener, Progress
from .score import CaseScores, case_scores
from .settings import TaskSettings
from .split import patient_folds, split_warnings, unlearned_warnings
from .task_model import TaskModel

CHECKPOINT_EVERY_S = 60.0


@dataclass(frozen=True)
class JobResult:
    model: TaskModel
    plan: Plan
    folds: int
    scores: list[CaseScores]  # each of a model that has not seen the case's patient
    trained_seconds: float


@dataclass
class JobState:
    """What a checkpoint holds"""

    made_of: str  # settings, cases, base, plan, and what of the model learns
    fit: int = 0  # the folds' in order, then that of all cases
    fit_state: dict[str, Any] | None = None
    scores: list[CaseScores] = field(default_factory=list)
    trained_seconds: float = 0.0

    def to_bytes(self) -> bytes:
        buffer = io.BytesIO()
        torch.save(
            {
                "madeOf": self.made_of,
                "fit": self.fit,
                "fitState": self.fit_state,
                "scores": [tuple(one) for one in self.scores],
                "trainedSeconds": self.trained_seconds,
            },
            buffer,
        )
        return buffer.getvalue()


class OtherCheckpoint(ValueError):
    """The checkpoint is of another job, or of this one as other code did it."""


# What torch.load and the names and shapes of other code raise
UNREADABLE = (UnpicklingError, RuntimeError, EOFError, OSError, KeyError, TypeError, ValueError)


def state_of(data: bytes) -> JobState:
    """Raises OtherCheckpoint where it cannot be read."""
    try:
        raw = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        scores = [CaseScores(*one) for one in raw["scores"]]
        return JobState(raw["madeOf"], raw["fit"], raw["fitState"], scores, raw["trainedSeconds"])
    except UNREADABLE as error:
        raise OtherCheckpoint("the checkpoint cannot be read: begin anew without it") from error


class Job:
    def __init__(
        self,
        cases: Sequence[TaskCase],
        class_labels: Sequence[str],
        settings: TaskSettings,
        new_model: Callable[[], TaskModel],
        listener: Listener,
        checkpoint: bytes | None = None,
        base: Base | None = None,
    ) -> None:
        """new_model: the same at each call, before it has learned; base: what it is made of, if anything.
        Raises ValueError where the cases cannot be split, OtherCheckpoint where the checkpoint is of other
        settings or cases, of another base, or of code that does this otherwise."""
        self.cases, self.class_labels, self.settings = cases, class_labels, settings
        self.new_model, self.listener = new_model, listener
        self.folds = patient_folds(cases, settings.folds, settings.seed)
        self.plan = plan_of(cases)
        origin = base and (base.model_id, base.version, base.encoder_sha256)
        seen = [(case.case_id, case.sha256, case.patient_key) for case in cases]
        learning = [(name, tuple(value.shape)) for name, value in new_model().learning().items()]
        made_of = repr((settings, seen, origin, self.plan, learning))
        self.state = JobState(made_of) if checkpoint is None else state_of(checkpoint)
        if self.state.made_of != made_of:
            raise OtherCheckpoint(
                "the checkpoint is of other settings or cases, another base or code: begin anew without it"
            )
        self.levels: dict[str, LevelCase] = {}
        self.saved_at = time.monotonic()

    def level(self, case: TaskCase) -> LevelCase:
        if case.case_id not in self.levels:
            self.levels[case.case_id] = level_case(case, self.plan)
        return self.levels[case.case_id]

    def run(self) -> JobResult:
        """Raises JobCancelled."""
        if self.state.fit == 0 and self.state.fit_state is None:
            warnings = [
                *split_warnings(self.cases),
                *unlearned_warnings(self.folds, self.class_labels),
            ]
            for line in [*warnings, f"spacing {self.plan.spacing_mm} mm"]:
                self.tell("preparation", 0, 1, line=line)
        for number, fold in enumerate(self.folds):
            if number < self.state.fit:
                continue
            phase = f"fold {number + 1} of {len(self.folds)}"
            model = self.fitted(number, phase, fold.training)
            for case in fold.held_out:
                self.score(model, case, phase)
            self.state.fit, self.state.fit_state = number + 1, None
            self.save()
        model = self.fitted(len(self.folds), "all cases", self.cases)
        return JobResult(model, self.plan, len(self.folds), self.state.scores, self.state.trained_seconds)

    def fitted(self, number: int, phase: str, cases: Sequence[TaskCase]) -> TaskModel:
        torch.manual_seed(self.settings.seed)
        model = self.new_model()
        fit = Fit(model, [self.level(case) for case in cases], self.settings, number, self.plan.cube_voxels)
        if self.state.fit_state is not None:
            fit.load_state(self.state.fit_state)
        model.train()
        while not fit.ended:
            started = time.monotonic()
            step = fit.step()
            self.state.trained_seconds += time.monotonic() - started
            if self.is_to_be_saved:
                self.state.fit_state = fit.state()
                self.save()
            self.tell(phase, fit.step_number, self.settings.steps, step.loss, step.dice)
        # What is saved between held-back cases holds the model that they are scored by.
        self.state.fit_state = fit.state()
        return model

    def score(self, model: TaskModel, case: TaskCase, phase: str) -> None:
        if any(one.case_id == case.case_id for one in self.state.scores):
            return
        steps = self.settings.steps
        # A large volume is thousands of cubes: whoever cancels is heard at each.
        found = case_scores(
            model, case, self.plan, len(self.class_labels), lambda: self.tell(phase, steps, steps)
        )
        self.state.scores.append(found)
        if self.is_to_be_saved:  # a large volume takes minutes
            self.save()
        shown = ", ".join(
            f"{label} {value:.3f}"
            for label, value in zip(self.class_labels, found.dice, strict=True)
            if value is not None
        )
        self.tell(phase, steps, steps, line=f"{case.case_id} held back: Dice {shown}")

    def tell(
        self,
        phase: str,
        step: int,
        steps: int,
        loss: float | None = None,
        dice: float | None = None,
        line: str | None = None,
    ) -> None:
        self.listener.progress(Progress(phase, step, steps, loss, dice, line))

    @property
    def is_to_be_saved(self) -> bool:
        return time.monotonic() - self.saved_at >= CHECKPOINT_EVERY_S

    def save(self) -> None:
        self.listener.checkpoint(self.state.to_bytes())
        self.saved_at = time.monotonic()  # from here on: over a slow line it takes minutes
