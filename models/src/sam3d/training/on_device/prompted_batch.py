"""Samples with the reader's opening, as tensors of equal shape: what processes hand on to a GPU."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from sam3d.data.sample import Sample
from sam3d.data.sampler import Sampler
from sam3d.data.scribbles import MOST_POINTS
from sam3d.model.box_prompts import PADDING
from sam3d.training.simulated_reader import SimulatedReader


class PromptedBatch(NamedTuple):
    """n is the cube's edge; a sample's fields are those without B."""

    image: Tensor  # (B, 2, n, n, n) float16, normalised
    target: Tensor  # (B, n, n, n) bool
    outside_voxels: Tensor  # (B,) float32: of the object, beyond the cube or too thin to show in it
    known: Tensor  # (B, n, n, n) bool: what an earlier look found
    has_known: Tensor  # (B,) float32: 1 where there is such a mask
    coords: Tensor  # (B, P, 3) float32: voxels (i, j, k) of the opening
    labels: Tensor  # (B, P) float32: 1 include, 0 exclude, -1 padding
    box_coords: Tensor  # (B, 1, 6) float32, as of box_prompts
    box_labels: Tensor  # (B, 1) float32

    def to(self, device: torch.device) -> Self:
        return type(self)(*(field.to(device, non_blocking=True) for field in self))

    def chosen(self, index: Tensor) -> Self:
        """index (m,) → a batch of these m"""
        return type(self)(*(field[index] for field in self))


def opened(sample: Sample, rng: np.random.Generator) -> PromptedBatch:
    """One sample, without the dimension B. Who draws a box is answered without an earlier look."""
    reader = SimulatedReader(sample, rng)
    places, signs = reader.points()
    coords, labels = torch.zeros(MOST_POINTS, 3), torch.full((MOST_POINTS,), PADDING)
    coords[: len(signs)] = torch.from_numpy(places.astype(np.float32))
    labels[: len(signs)] = torch.from_numpy(signs.astype(np.float32))
    box_coords, box_labels = torch.zeros(1, 6), torch.full((1,), PADDING)
    if reader.box is not None:
        box_coords[0], box_labels[0] = torch.from_numpy(reader.box.coords), reader.box.label
    known = sample.hint if reader.box is None else None
    return PromptedBatch(
        image=torch.from_numpy(sample.image).half(),
        target=torch.from_numpy(sample.target),
        outside_voxels=torch.tensor(float(sample.outside_voxels)),
        known=torch.from_numpy(np.zeros_like(sample.target) if known is None else known),
        has_known=torch.tensor(float(known is not None)),
        coords=coords,
        labels=labels,
        box_coords=box_coords,
        box_labels=box_labels,
    )


def stacked(samples: Sequence[PromptedBatch]) -> PromptedBatch:
    return PromptedBatch(*(torch.stack(field) for field in zip(*samples, strict=True)))


class PromptedSamples(Dataset[PromptedBatch]):
    """Every sample depends on the seed and its number alone: a run that goes on draws the same ones."""

    def __init__(self, sampler: Sampler, cube: int, seed: int) -> None:
        self.sampler, self.cube, self.seed = sampler, cube, seed

    def __getitem__(self, number: int) -> PromptedBatch:
        drawn = self.sampler.sample(self.cube, (self.seed, number))
        return opened(drawn, np.random.default_rng((self.seed, number, 1)))
