"""One model learning from some cases, a step at a time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from sam3d.model.half_precision import autocast_of

from .level_case import LevelCase
from .loss import task_loss
from .samples import draw_sample
from .schedule import learning_rate
from .settings import TaskSettings
from .task_model import TaskModel

GRADIENT_NORM_LIMIT = 1.0
BETAS = (0.9, 0.999)


class Step(NamedTuple):
    loss: float
    dice: float  # soft, of the samples, before the step


class Fit:
    """What a step sees depends on the seed, the fit's number and the step alone. One that was stopped and
    goes on from its state ends like one that was not."""

    def __init__(
        self, model: TaskModel, cases: Sequence[LevelCase], settings: TaskSettings, number: int, cube: int
    ) -> None:
        self.model, self.cases, self.settings, self.number, self.cube = model, cases, settings, number, cube
        self.parameters = model.learning()
        self.optimiser = torch.optim.AdamW(
            self.parameters.values(), settings.learning_rate, betas=BETAS, weight_decay=settings.weight_decay
        )
        self.step_number = 0

    @property
    def ended(self) -> bool:
        return self.step_number >= self.settings.steps

    def step(self) -> Step:
        """Raises RuntimeError where learning has diverged."""
        settings = self.settings
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(settings, self.step_number)
        samples = [
            draw_sample(
                self.cases,
                self.cube,
                np.random.default_rng((settings.seed, self.number, self.step_number, index)),
                settings.synthesis_share,
            )
            for index in range(settings.samples_per_step)
        ]
        image, labels, known = (
            torch.from_numpy(np.stack(arrays))
            for arrays in zip(*((one.image, one.labels, one.known) for one in samples), strict=True)
        )
        self.optimiser.zero_grad(set_to_none=True)
        prompts = np.random.default_rng(
            (settings.seed, self.number, self.step_number, settings.samples_per_step)
        )
        with autocast_of(self.cube):  # losses, gradients and what learns stay in float32
            logits = self.model.training_logits(image, labels, prompts)
        loss, dice = task_loss(logits, labels, known)
        self.require_finite(loss)
        loss.backward()
        # Clipped, gradients that are no numbers would leave none in the weights; after the last step no loss
        # tells of it.
        self.require_finite(nn.utils.clip_grad_norm_(self.parameters.values(), GRADIENT_NORM_LIMIT))
        self.optimiser.step()
        self.step_number += 1
        return Step(float(loss.detach()), dice)

    def require_finite(self, value: torch.Tensor) -> None:
        if not torch.isfinite(value):
            raise RuntimeError(f"learning has diverged at step {self.step_number}: try a lower learning rate")

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step_number,
            "learning": {name: value.detach().clone() for name, value in self.parameters.items()},
            "optimiser": self.optimiser.state_dict(),
        }

    @torch.no_grad()
    def load_state(self, state: dict[str, Any]) -> None:
        """Raises ValueError where the state is another model's."""
        shapes = {name: value.shape for name, value in state["learning"].items()}
        if shapes != {name: value.shape for name, value in self.parameters.items()}:
            raise ValueError("the checkpoint is another model's")
        for name, value in state["learning"].items():
            self.parameters[name].copy_(value)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step_number = state["step"]
