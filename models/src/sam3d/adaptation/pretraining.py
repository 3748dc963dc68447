"""Continued self-supervised pre-training: a base's image encoder learns from unlabelled images of the kind a
task is of, by reading hidden voxels from its features (after masked autoencoders, He et al. 2022)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from sam3d.model.sam3d import Sam3d
from sam3d.training.reconstruction_episode import hidden_voxels, reconstruction_errors

from .fit import BETAS, GRADIENT_NORM_LIMIT
from .level_case import LevelCase
from .samples import draw_sample
from .task_model import frozen_base

CHANNELS = 2  # of an image


@dataclass(frozen=True, kw_only=True)
class Pretraining:
    seed: int = 0
    steps: int = 100
    samples_per_step: int = 2
    learning_rate: float = 0.0003
    weight_decay: float = 0.1


def pretrain(
    base: Sam3d,
    images: Sequence[LevelCase],
    settings: Pretraining,
    cube: int,
    on_step: Callable[[int, float], None] = lambda number, loss: None,
) -> None:
    """The image encoder changes in place, its idle layers left out. A decoder that begins as the mask decoder
    learns to reconstruct beside it and is thrown away, so that features need not become voxels."""
    torch.manual_seed(settings.seed)
    model = frozen_base(base, CHANNELS - 1)
    model.image_encoder.requires_grad_(True)
    nn.init.zeros_(model.task_decoder.to_logits.bias)
    parameters = list(model.learning().values())
    optimiser = torch.optim.AdamW(
        parameters, settings.learning_rate, betas=BETAS, weight_decay=settings.weight_decay
    )
    model.train()
    for number in range(settings.steps):
        rngs = [
            np.random.default_rng((settings.seed, number, index))
            for index in range(settings.samples_per_step)
        ]
        image = torch.from_numpy(np.stack([draw_sample(images, cube, rng).image for rng in rngs]))
        hidden = torch.from_numpy(np.stack([hidden_voxels(cube, rng) for rng in rngs]))[:, None]
        found = model(image.masked_fill(hidden, 0.0))  # (B, 2, n, n, n)
        loss = reconstruction_errors(found, image, hidden.expand_as(image)).mean()
        if not torch.isfinite(loss):
            raise RuntimeError(f"pre-training has diverged at step {number}: try a lower learning rate")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, GRADIENT_NORM_LIMIT)
        optimiser.step()
        on_step(number + 1, float(loss.detach()))
