"""A promptable model learning from a few volumes: clicks into their structures are to be answered."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from sam3d.data.region import CUBE
from sam3d.data.sampler import Sampler
from sam3d.data.volume_store import StoredVolume
from sam3d.model.sam3d import Sam3d
from sam3d.training.episode import run_episodes
from sam3d.training.simulated_reader import ClickingReader

from .fit import BETAS, GRADIENT_NORM_LIMIT, Step
from .schedule import learning_rate
from .settings import TaskSettings

ROUNDS = 1  # the answer to the first click learns


def with_single_structures(volume: StoredVolume) -> StoredVolume:
    """Without structures that several labels make up: a click means one of the labels."""
    return replace(volume, objects=tuple(one for one in volume.objects if len(one.values) == 1))


def fit_promptable(
    model: Sam3d,
    volumes: Sequence[StoredVolume],
    settings: TaskSettings,
    on_step: Callable[[int, Step], None] = lambda number, step: None,
    cube: int = CUBE,
) -> None:
    """In place; what a step sees depends on the seed and the step alone. Raises RuntimeError where learning
    has diverged."""
    volumes = [with_single_structures(volume) for volume in volumes]
    sampler = Sampler(volumes, {volume.source: 1.0 for volume in volumes})
    parameters = [value for value in model.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters, settings.learning_rate, betas=BETAS, weight_decay=settings.weight_decay
    )
    model.train()
    for number in range(settings.steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(settings, number)
        seeds = [(settings.seed, number, index) for index in range(settings.samples_per_step)]
        samples = [sampler.sample(cube, seed) for seed in seeds]
        rngs = [np.random.default_rng((*seed, 1)) for seed in seeds]
        optimiser.zero_grad(set_to_none=True)
        result = run_episodes(model, samples, rngs, ClickingReader, ROUNDS)
        if not torch.isfinite(result.loss):
            raise RuntimeError(f"learning has diverged at step {number}: try a lower learning rate")
        result.loss.backward()
        nn.utils.clip_grad_norm_(parameters, GRADIENT_NORM_LIMIT)
        optimiser.step()
        dice = float(np.mean([scores[-1] for scores in result.dice]))
        on_step(number + 1, Step(float(result.loss.detach()), dice))
